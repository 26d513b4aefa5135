package api

import (
	"context"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/hehuang-data/hehuang/api/desk"
)

// metrics are what an operator watches. Labels are routes and statuses, never anything that visitors type.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(d *desk.Desk) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "hehuang_http_request_seconds", Help: "Time to answer a request, by route.", Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
	}, []string{"method", "route", "status"})}
	block := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "hehuang_index_block", Help: "Last block that the read model has folded; 0 if it cannot be read."}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		asOf, err := d.Records.AsOf(ctx)
		if err != nil {
			return 0
		}
		return float64(asOf.Block)
	})
	m.registry.MustRegister(m.requests, block, agreements{d}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// agreements export how the organisations' peers compare.
type agreements struct{ desk *desk.Desk }

var (
	peerDiffers = prometheus.NewDesc("hehuang_peer_differs", "1 if the peer of an organisation differs from the own one, in block or commit hash: alarm.", []string{"msp"}, nil)
	peerBlock   = prometheus.NewDesc("hehuang_peer_compared_block", "Block in which the peer of an organisation was compared last.", []string{"msp"}, nil)
	peerSilent  = prometheus.NewDesc("hehuang_peer_silent", "1 if the peer of an organisation did not answer the last comparison.", []string{"msp"}, nil)
)

// Describe implements prometheus.Collector.
func (agreements) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{peerDiffers, peerBlock, peerSilent} {
		descriptions <- d
	}
}

// Collect implements prometheus.Collector.
func (a agreements) Collect(values chan<- prometheus.Metric) {
	if a.desk.Agreement == nil {
		return
	}
	flag := map[bool]float64{true: 1}
	for _, p := range a.desk.Agreement().Peers {
		values <- prometheus.MustNewConstMetric(peerDiffers, prometheus.GaugeValue, flag[p.Differs != ""], p.MSP)
		values <- prometheus.MustNewConstMetric(peerBlock, prometheus.GaugeValue, float64(p.Block), p.MSP)
		values <- prometheus.MustNewConstMetric(peerSilent, prometheus.GaugeValue, flag[p.Silent], p.MSP)
	}
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	if route == "" {
		route, method = "unknown", "unknown" // visitors choose what does not exist
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) handler() echo.HandlerFunc {
	return echo.WrapHandler(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
}
