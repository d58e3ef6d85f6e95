// Plays the orchestrators' side with their own code: Flagger's webhook caller, and the analysis controller of Argo
// Rollouts on a Kubernetes that is only in memory. Examples are read from their files; the address in them is replaced.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	log "github.com/sirupsen/logrus"
	"sigs.k8s.io/yaml"
)

// The address in the examples.
const exampleAddress = "http://haldane.haldane:8090"

func main() {
	log.SetLevel(log.FatalLevel)
	if len(os.Args) < 4 {
		fail(fmt.Errorf("usage: orchestrators flagger|argo FILE ADDRESS [name=value ...]"))
	}
	switch os.Args[1] {
	case "flagger":
		flagger(os.Args[2], os.Args[3], os.Args[4:])
	case "argo":
		argo(os.Args[2], os.Args[3], os.Args[4:])
	default:
		fail(fmt.Errorf("unknown orchestrator %s", os.Args[1]))
	}
}

// read decodes the first document of a file that is of a kind, strictly: an unknown field is an error.
func read(file, kind, address string, into any) {
	text, err := os.ReadFile(file)
	fail(err)
	for _, document := range strings.Split(string(text), "\n---\n") {
		var head struct{ Kind string }
		fail(yaml.Unmarshal([]byte(document), &head))
		if head.Kind == kind {
			fail(yaml.UnmarshalStrict([]byte(strings.ReplaceAll(document, exampleAddress, address)), into))
			return
		}
	}
	fail(fmt.Errorf("%s has no %s", file, kind))
}

func print(value any) {
	fail(json.NewEncoder(os.Stdout).Encode(value))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
