// Package notify tells people what a run found: it decides which alerts open and recover, builds the webhook payload, and delivers it
// so that nothing is lost and nothing is told twice. The chat message about the taxonomy lives here too (chat.go).
package notify
