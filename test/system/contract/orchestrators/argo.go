package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/argoproj/argo-rollouts/analysis"
	"github.com/argoproj/argo-rollouts/controller/metrics"
	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	argofake "github.com/argoproj/argo-rollouts/pkg/client/clientset/versioned/fake"
	"github.com/argoproj/argo-rollouts/pkg/client/informers/externalversions"
	analysisutil "github.com/argoproj/argo-rollouts/utils/analysis"
	"github.com/argoproj/argo-rollouts/utils/record"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	kubefake "k8s.io/client-go/kubernetes/fake"
	batchlisters "k8s.io/client-go/listers/batch/v1"
	kubetesting "k8s.io/client-go/testing"
	"k8s.io/client-go/util/workqueue"
)

const (
	namespace = "test"
	patience  = 3 * time.Minute
	interval  = "INTERVAL="
)

// argo runs an AnalysisTemplate with the real analysis controller, and prints the status of the AnalysisRun. With
// INTERVAL=1s its metrics are measured that often.
func argo(file, address string, arguments []string) {
	var template v1alpha1.AnalysisTemplate
	read(file, "AnalysisTemplate", address, &template)
	var args []v1alpha1.Argument
	for _, argument := range arguments {
		name, value, _ := strings.Cut(argument, "=")
		if strings.HasPrefix(argument, interval) {
			for index := range template.Spec.Metrics {
				template.Spec.Metrics[index].Interval = v1alpha1.DurationString(value)
			}
			continue
		}
		args = append(args, v1alpha1.Argument{Name: name, Value: &value})
	}
	run, err := analysisutil.NewAnalysisRunFromTemplates([]*v1alpha1.AnalysisTemplate{&template}, nil, args, nil, nil,
		nil, nil, "haldane", "", namespace)
	fail(err)
	run.UID = "00000000-0000-0000-0000-000000000001"

	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "haldane", Namespace: namespace},
		Data:       map[string][]byte{"token": []byte(os.Getenv("HALDANE_TOKEN"))},
	}
	kube := kubefake.NewSimpleClientset(secret)
	client := argofake.NewSimpleClientset(run)
	startController(ctx, kube, client)
	go playJobs(ctx, kube)

	for {
		current, err := client.ArgoprojV1alpha1().AnalysisRuns(namespace).Get(ctx, run.Name, metav1.GetOptions{})
		fail(err)
		if current.Status.Phase.Completed() {
			print(current.Status)
			return
		}
		select {
		case <-ctx.Done():
			print(current.Status)
			fail(fmt.Errorf("the AnalysisRun has not ended within %s", patience))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func startController(ctx context.Context, kube *kubefake.Clientset, client *argofake.Clientset) {
	argoInformers := externalversions.NewSharedInformerFactory(client, 0)
	kubeInformers := informers.NewSharedInformerFactory(kube, 0)
	runs, jobs := argoInformers.Argoproj().V1alpha1().AnalysisRuns(), kubeInformers.Batch().V1().Jobs()
	controller := analysis.NewController(analysis.ControllerConfig{
		KubeClientSet:        kube,
		ArgoProjClientset:    client,
		AnalysisRunInformer:  runs,
		JobInformer:          jobs,
		ResyncPeriod:         time.Minute,
		AnalysisRunWorkQueue: workqueue.NewNamedRateLimitingQueue(workqueue.DefaultControllerRateLimiter(), "runs"),
		MetricsServer:        metrics.NewMetricsServer(metrics.ServerConfig{K8SRequestProvider: &metrics.K8sRequestsCountProvider{}}),
		Recorder:             record.NewFakeEventRecorder(),
	})
	createSeenJobs(kube, jobs.Lister())
	argoInformers.Start(ctx.Done())
	kubeInformers.Start(ctx.Done())
	argoInformers.WaitForCacheSync(ctx.Done())
	kubeInformers.WaitForCacheSync(ctx.Done())
	go func() { _ = controller.Run(ctx, 1) }()
}

// createSeenJobs answers the creation of a Job once the controller's own cache has it. The controller looks there as soon
// as it has created one, and takes a Job it does not find for an error.
func createSeenJobs(kube *kubefake.Clientset, seen batchlisters.JobLister) {
	kube.PrependReactor("create", "jobs", func(action kubetesting.Action) (bool, runtime.Object, error) {
		job := action.(kubetesting.CreateAction).GetObject().(*batchv1.Job)
		err := kube.Tracker().Create(action.GetResource(), job, action.GetNamespace())
		for deadline := time.Now().Add(patience); err == nil && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if _, missing := seen.Jobs(job.Namespace).Get(job.Name); missing == nil {
				break
			}
		}
		return true, job, err
	})
}

// playJobs does what Kubernetes does with a Job: it runs the container, here as the process that HALDANE_IMAGE names, and
// sets the condition by the exit code.
func playJobs(ctx context.Context, kube kubernetes.Interface) {
	done := map[string]bool{}
	for ctx.Err() == nil {
		jobs, err := kube.BatchV1().Jobs(namespace).List(ctx, metav1.ListOptions{})
		if err == nil {
			for index := range jobs.Items {
				job := &jobs.Items[index]
				if !done[job.Name] {
					done[job.Name] = true
					job.Status.Conditions = []batchv1.JobCondition{{Type: exitOf(ctx, job), Status: corev1.ConditionTrue}}
					_, err := kube.BatchV1().Jobs(namespace).UpdateStatus(ctx, job, metav1.UpdateOptions{})
					fail(err)
				}
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func exitOf(ctx context.Context, job *batchv1.Job) batchv1.JobConditionType {
	container := job.Spec.Template.Spec.Containers[0]
	entrypoint := strings.Fields(os.Getenv("HALDANE_IMAGE"))
	command := exec.CommandContext(ctx, entrypoint[0], append(append(entrypoint[1:], container.Command...), container.Args...)...)
	command.Env = os.Environ()
	for _, variable := range container.Env {
		value := variable.Value
		if variable.ValueFrom != nil {
			value = os.Getenv("HALDANE_TOKEN")
		}
		command.Env = append(command.Env, variable.Name+"="+value)
	}
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	if command.Run() == nil {
		return batchv1.JobComplete
	}
	return batchv1.JobFailed
}
