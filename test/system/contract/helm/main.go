// Renders a Helm chart as `helm template` does, with Helm's own code, and reads every object as strictly as the API
// server does: a field that Kubernetes does not know is an error.
//
// Its standard input is {"chart": folder, "release": name, "namespace": name, "values": {}}; it prints
// {"objects": {file: text}, "problems": [text]}, or {"error": text} where the values or the chart are wrong.
package main

import (
	stdjson "encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"k8s.io/apimachinery/pkg/runtime"
	kjson "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/client-go/kubernetes/scheme"
)

func init() {
	if err := monitoring.AddToScheme(scheme.Scheme); err != nil {
		panic(err)
	}
}

type request struct {
	Chart     string                 `json:"chart"`
	Release   string                 `json:"release"`
	Namespace string                 `json:"namespace"`
	Values    map[string]interface{} `json:"values"`
	APIs      []string               `json:"apis"`
}

type answer struct {
	Objects  map[string]string `json:"objects,omitempty"`
	Problems []string          `json:"problems,omitempty"`
	Error    string            `json:"error,omitempty"`
}

func main() {
	decoder := stdjson.NewDecoder(os.Stdin)
	encoder := stdjson.NewEncoder(os.Stdout)
	for decoder.More() {
		var asked request
		if err := decoder.Decode(&asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		encoder.Encode(render(asked))
	}
}

func render(asked request) answer {
	chart, err := loader.Load(asked.Chart)
	if err != nil {
		return answer{Error: err.Error()}
	}
	options := chartutil.ReleaseOptions{Name: asked.Release, Namespace: asked.Namespace, IsInstall: true, Revision: 1}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.APIVersions = append(capabilities.APIVersions, asked.APIs...)
	values, err := chartutil.ToRenderValues(chart, asked.Values, options, capabilities)
	if err != nil {
		return answer{Error: err.Error()}
	}
	files, err := engine.Render(chart, values)
	if err != nil {
		return answer{Error: err.Error()}
	}
	rendered := answer{Objects: map[string]string{}}
	for path, text := range files {
		name := filepath.Base(path)
		if strings.TrimSpace(text) == "" || name == "NOTES.txt" {
			continue
		}
		rendered.Objects[name] = text
		for _, one := range separator.Split(text, -1) {
			if strings.TrimSpace(one) == "" {
				continue
			}
			if err := read(one); err != nil {
				rendered.Problems = append(rendered.Problems, fmt.Sprintf("%s: %v", name, err))
			}
		}
	}
	sort.Strings(rendered.Problems)
	return rendered
}

var separator = regexp.MustCompile(`(?m)^---\s*$`)

var strict = kjson.NewSerializerWithOptions(kjson.DefaultMetaFactory, scheme.Scheme, scheme.Scheme, kjson.SerializerOptions{Yaml: true, Strict: true})

func read(text string) error {
	_, _, err := strict.Decode([]byte(text), nil, nil)
	if runtime.IsNotRegisteredError(err) {
		return fmt.Errorf("not of Kubernetes itself: %w", err)
	}
	return err
}
