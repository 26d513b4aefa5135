package devnet

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Progress shows long work: a bar on a terminal, one line per step elsewhere.
type Progress struct {
	mu      sync.Mutex
	out     io.Writer
	started time.Time
	bar     *mpb.Bar
	group   *mpb.Progress
	label   string
}

// NewProgress shows up to the given number of steps.
func NewProgress(out *os.File, steps int64) *Progress {
	p := &Progress{out: out, started: time.Now()}
	if info, err := out.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		p.group = mpb.New(mpb.WithOutput(out), mpb.WithWidth(40))
		p.bar = p.group.AddBar(steps, mpb.PrependDecorators(decor.Elapsed(decor.ET_STYLE_GO)),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return p.current() })))
	}
	return p
}

func (p *Progress) current() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.label
}

// Step says what begins now.
func (p *Progress) Step(label string) {
	p.mu.Lock()
	p.label = label
	p.mu.Unlock()
	if p.bar != nil {
		p.bar.Increment()
		return
	}
	fmt.Fprintf(p.out, "%6.1fs  %s\n", time.Since(p.started).Seconds(), label)
}

// Done ends the display.
func (p *Progress) Done() time.Duration {
	if p.bar != nil {
		p.bar.SetTotal(-1, true)
		p.group.Wait()
	}
	return time.Since(p.started)
}
