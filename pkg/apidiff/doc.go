// Package apidiff tells what changed between two API contracts, what of it breaks a client, and why.
//
// One principle decides every verdict: containment with a direction. What a client sends must keep being accepted
// (the old set lies inside the new one); what a client receives must keep its promise (the new set lies inside the
// old one). The same delta therefore has opposite verdicts on the two sides, and each is a row of the rule table.
//
// A pair of schemas is judged once for each direction, however many operations reach it: a finding is a root cause
// with the set of operations that it touches.
package apidiff
