package copyio

import (
	"bytes"
	"context"
	"sync"

	"tagd/sql/sqlerr"
)

// Pipe decodes a stream with several goroutines and hands the rows over in the
// order of the input.
type Pipe struct {
	r       *Reader
	ctx     context.Context
	cancel  context.CancelCauseFunc
	jobs    chan *job // to the decoders
	ordered chan *job // to the emitter
	wg      sync.WaitGroup
	emitted chan struct{}
	mu      sync.Mutex
	err     error // the first failure in input order
	closed  bool
}

type job struct {
	chunk *Chunk
	rows  *Rows
	err   error
	done  chan struct{}
}

// NewPipe starts workers goroutines that decode and one that calls emit, which
// gets every Rows exactly once, in order, and never two at a time. The pipe
// must be ended with Close or Abort.
func NewPipe(ctx context.Context, r *Reader, workers int, emit func(*Rows) error) *Pipe {
	p := &Pipe{r: r, jobs: make(chan *job, workers), ordered: make(chan *job, workers*2), emitted: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancelCause(ctx)
	for range max(workers, 1) {
		p.wg.Add(1)
		go func() {
			defer p.wg.Done()
			for j := range p.jobs {
				if p.ctx.Err() == nil {
					j.err = sqlerr.Safely(func() (err error) {
						j.rows, err = r.Decode(j.chunk)
						return err
					})
				} else {
					j.err = context.Cause(p.ctx)
				}
				j.chunk = nil
				close(j.done)
			}
		}()
	}
	go p.emitLoop(emit)
	return p
}

func (p *Pipe) emitLoop(emit func(*Rows) error) {
	defer close(p.emitted)
	for j := range p.ordered {
		<-j.done
		if p.Err() != nil {
			continue // drain
		}
		err := j.err
		if err == nil {
			err = sqlerr.Safely(func() error { return emit(j.rows) })
		}
		if err != nil {
			p.fail(err)
		}
	}
}

func (p *Pipe) fail(err error) {
	p.mu.Lock()
	if p.err == nil {
		p.err = err
	}
	p.mu.Unlock()
	p.cancel(err)
}

// Err returns the first failure so far.
func (p *Pipe) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Line is the line that the stream has come to, from 1.
func (p *Pipe) Line() int64 {
	return p.r.cut.line + int64(bytes.Count(p.r.cut.buf, []byte{'\n'}))
}

func (p *Pipe) submit(c *Chunk) error {
	j := &job{chunk: c, done: make(chan struct{})}
	select {
	case p.ordered <- j:
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
	p.jobs <- j // decoders never block
	return nil
}

// Write feeds bytes, which may be reused after the call. It blocks while the
// decoders are busy. After an error the pipe must still be ended with Abort.
func (p *Pipe) Write(b []byte) error {
	if err := p.Err(); err != nil {
		return err
	}
	return p.settle(p.r.Feed(b, p.submit))
}

// settle waits, after an error of the cutter, for the chunks before it: an
// error in one of them comes first.
func (p *Pipe) settle(err error) error {
	if err == nil {
		return nil
	}
	p.end()
	if first := p.Err(); first != nil {
		return first
	}
	p.fail(err)
	return err
}

func (p *Pipe) end() {
	if !p.closed {
		p.closed = true
		close(p.jobs)
		close(p.ordered)
	}
	p.wg.Wait()
	<-p.emitted
}

// Close ends the input well and returns when every row has been emitted.
func (p *Pipe) Close() error {
	if p.closed {
		return p.Err()
	}
	err := p.r.Finish(p.submit)
	p.end()
	if first := p.Err(); first != nil {
		return first
	}
	if err == nil {
		err = context.Cause(p.ctx)
	}
	p.cancel(nil)
	return err
}

// Abort stops everything; it may be called after Close, and twice.
func (p *Pipe) Abort() {
	p.cancel(context.Canceled)
	p.fail(context.Canceled)
	p.end()
}
