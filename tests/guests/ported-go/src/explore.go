package export_llm_provider_provider

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Tries whatever an operating system gives, and says what came of it, a line for each. `address` is
// where somebody listens: `127.0.0.1:8080`.
//
// To listen is not tried: Go's network for WASI 0.1 is one inside the process, and there it works.
func report(address string) string {
	before := time.Now()
	var bytes [16]byte
	rand.Read(bytes[:])
	lines := []string{
		attempt("read-file", func() (any, error) { return os.ReadFile("/etc/hostname") }),
		attempt("read-here", func() (any, error) { return os.ReadFile("go.mod") }),
		attempt("write-file", func() (any, error) { return nil, os.WriteFile("/tmp/out", []byte("loot"), 0o600) }),
		attempt("list-folder", func() (any, error) { return os.ReadDir("/") }),
		attempt("make-folder", func() (any, error) { return nil, os.Mkdir("/loot", 0o700) }),
		attempt("connect", func() (any, error) { return net.Dial("tcp", address) }),
		attempt("look-up", func() (any, error) { return net.LookupHost("localhost") }),
		attempt("client", func() (any, error) { return http.Get("http://" + address) }),
		attempt("program", func() (any, error) { return exec.Command("/bin/ls").Output() }),
		fmt.Sprintf("environment: %d variables", len(os.Environ())),
		fmt.Sprintf("arguments: %d", len(os.Args)),
		fmt.Sprintf("random: %t", bytes != [16]byte{}),
		fmt.Sprintf("clock: %t", time.Now().Unix() > 0),
		fmt.Sprintf("monotonic: %t", time.Since(before) < time.Second),
	}
	return strings.Join(lines, "\n")
}

func attempt(what string, action func() (any, error)) string {
	loot, err := action()
	if err != nil {
		return what + ": refused"
	}
	return fmt.Sprintf("%s: works, %v", what, loot)
}
