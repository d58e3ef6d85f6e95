// Asks a Prometheus, or what answers like one, with the code of Flagger and of Argo Rollouts. Reads questions as JSON
// lines from standard input and answers each with one.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	argo "github.com/argoproj/argo-rollouts/metricproviders/prometheus"
	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	flaggerv1 "github.com/fluxcd/flagger/pkg/apis/flagger/v1beta1"
	flagger "github.com/fluxcd/flagger/pkg/metrics/providers"
	log "github.com/sirupsen/logrus"
)

type question struct {
	// flagger, flagger-online or argo
	Ask     string `json:"ask"`
	Address string `json:"address"`
	Query   string `json:"query"`
	// conditions of Argo
	Success string `json:"success"`
	Failure string `json:"failure"`
	// user and password of Flagger
	Credentials map[string][]byte `json:"credentials"`
}

type answer struct {
	Value any    `json:"value,omitempty"`
	Phase string `json:"phase,omitempty"`
	Error string `json:"error,omitempty"`
}

func main() {
	log.SetLevel(log.FatalLevel)
	questions, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var asked question
		if questions.Decode(&asked) != nil {
			return
		}
		var said answer
		if asked.Ask == "argo" {
			said = askArgo(asked)
		} else {
			said = askFlagger(asked)
		}
		if err := answers.Encode(said); err != nil {
			panic(err)
		}
	}
}

func askFlagger(asked question) answer {
	spec := flaggerv1.MetricTemplateProvider{Type: "prometheus", Address: asked.Address}
	provider, err := (flagger.Factory{}).Provider("1m", spec, asked.Credentials)
	if err != nil {
		return answer{Error: err.Error()}
	}
	if asked.Ask == "flagger-online" {
		online, err := provider.IsOnline()
		return answer{Value: online, Error: text(err)}
	}
	value, err := provider.RunQuery(asked.Query)
	return answer{Value: value, Error: text(err)}
}

func askArgo(asked question) answer {
	metric := v1alpha1.Metric{
		Name:             "haldane",
		SuccessCondition: asked.Success,
		FailureCondition: asked.Failure,
		Provider: v1alpha1.MetricProvider{
			Prometheus: &v1alpha1.PrometheusMetric{Address: asked.Address, Query: asked.Query},
		},
	}
	api, err := argo.NewPrometheusAPI(metric)
	if err != nil {
		return answer{Error: err.Error()}
	}
	provider, err := argo.NewPrometheusProvider(api, *log.NewEntry(log.StandardLogger()), metric)
	if err != nil {
		return answer{Error: err.Error()}
	}
	measured := provider.Run(&v1alpha1.AnalysisRun{}, metric)
	return answer{Value: measured.Value, Phase: string(measured.Phase), Error: measured.Message}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return fmt.Sprint(err)
}
