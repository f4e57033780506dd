//go:build !linux

package contract

func adviseHugePages([]byte) {}

func prepareHeap(int) {}
