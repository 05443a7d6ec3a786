package encoding

import "tagd/storage/bitmap"

type invEntry struct {
	code uint32
	off  uint32
	card int
	blk  uint8
	lay  uint8
}

// InvBuilder makes an Inverted body block after block.
type InvBuilder struct {
	codes  int
	blocks int
	ents   []invEntry
	data   []byte
	count  []int32
	runs   []int32
	last   []int32
	pos    []int32
	words  []uint64
	wordAt []int32
	arr    []uint16
}

// NewInvBuilder returns a builder for codes in [0, codes).
func NewInvBuilder(codes int) *InvBuilder {
	return &InvBuilder{codes: codes, count: make([]int32, codes), runs: make([]int32, codes),
		last: make([]int32, codes), pos: make([]int32, codes), wordAt: make([]int32, codes)}
}

// Add adds the next block: row i has codes lane[off[i]:off[i+1]], or lane[i] if
// off is nil. A code twice in a row counts once.
func (v *InvBuilder) Add(lane []uint32, off []int32) {
	clear(v.count)
	clear(v.runs)
	for i := range v.last {
		v.last[i] = -2
	}
	n := len(lane)
	if off != nil {
		n = len(off) - 1
	}
	v.survey(lane, off, n)
	arr, nw := int32(0), int32(0)
	for c, k := range v.count {
		v.pos[c], v.wordAt[c] = -1, -1
		if k == 0 {
			continue
		}
		if k > bitmap.ArrayMax {
			v.wordAt[c] = nw
			nw += bitmap.BlockWords
		} else {
			v.pos[c] = arr
			arr += k
		}
	}
	if cap(v.words) < int(nw) {
		v.words = make([]uint64, nw)
	}
	v.words = v.words[:nw]
	clear(v.words)
	if cap(v.arr) < int(arr) {
		v.arr = make([]uint16, arr)
	}
	v.arr = v.arr[:arr]
	v.scatter(lane, off, n)
	v.flush()
	v.blocks++
}

// survey counts rows and runs of each code.
func (v *InvBuilder) survey(lane []uint32, off []int32, n int) {
	if off == nil {
		for i, c := range lane {
			v.count[c]++
			if v.last[c] != int32(i)-1 {
				v.runs[c]++
			}
			v.last[c] = int32(i)
		}
		return
	}
	for i := range n {
		for _, c := range lane[off[i]:off[i+1]] {
			l := v.last[c]
			if l == int32(i) {
				continue
			}
			v.count[c]++
			if l != int32(i)-1 {
				v.runs[c]++
			}
			v.last[c] = int32(i)
		}
	}
}

func (v *InvBuilder) scatter(lane []uint32, off []int32, n int) {
	if off == nil {
		for i, c := range lane {
			if p := v.pos[c]; p >= 0 {
				v.arr[p] = uint16(i)
				v.pos[c] = p + 1
			} else {
				v.words[int(v.wordAt[c])+i>>6] |= 1 << (i & 63)
			}
		}
		return
	}
	for i := range v.last {
		v.last[i] = -2
	}
	for i := range n {
		for _, c := range lane[off[i]:off[i+1]] {
			if v.last[c] == int32(i) {
				continue
			}
			v.last[c] = int32(i)
			if p := v.pos[c]; p >= 0 {
				v.arr[p] = uint16(i)
				v.pos[c] = p + 1
			} else {
				v.words[int(v.wordAt[c])+i>>6] |= 1 << (i & 63)
			}
		}
	}
}

// flush writes the containers of the block. pos is past each array's end.
func (v *InvBuilder) flush() {
	for c, k := range v.count {
		if k == 0 {
			continue
		}
		size := min(2*int(k), 8*bitmap.BlockWords)
		e := invEntry{code: uint32(c), card: int(k), blk: uint8(v.blocks)}
		var arr []uint16
		if k <= bitmap.ArrayMax {
			arr = v.arr[v.pos[c]-k : v.pos[c]]
		}
		switch {
		case 2+4*int(v.runs[c]) < size:
			e.lay, e.off = layRuns, uint32(len(v.data))
			v.data = le.AppendUint16(v.data, uint16(v.runs[c]))
			if arr != nil {
				v.data = appendRuns(v.data, arr)
			} else {
				w := v.words[v.wordAt[c]:][:bitmap.BlockWords]
				v.data = appendWordRuns(v.data, w)
			}
		case arr != nil:
			e.lay, e.off = layArray, uint32(len(v.data))
			v.data = putHalves(v.data, arr)
		default:
			v.data = pad8(v.data, 0)
			e.lay, e.off = layWords, uint32(len(v.data))
			v.data = putWords(v.data, v.words[v.wordAt[c]:][:bitmap.BlockWords])
		}
		v.ents = append(v.ents, e)
	}
}

func appendRuns(dst []byte, a []uint16) []byte {
	for i := 0; i < len(a); {
		j := i + 1
		for j < len(a) && a[j] == a[j-1]+1 {
			j++
		}
		dst = le.AppendUint16(le.AppendUint16(dst, a[i]), uint16(j-i-1))
		i = j
	}
	return dst
}

func appendWordRuns(dst []byte, w []uint64) []byte {
	for o := 0; o < bitmap.BlockRows; {
		if w[o>>6] == 0 {
			o = (o | 63) + 1
			continue
		}
		if w[o>>6]>>(o&63)&1 == 0 {
			o++
			continue
		}
		first := o
		for o < bitmap.BlockRows && w[o>>6]>>(o&63)&1 != 0 {
			if o&63 == 0 && w[o>>6] == ^uint64(0) {
				o += 64
				continue
			}
			o++
		}
		dst = le.AppendUint16(le.AppendUint16(dst, uint16(first)), uint16(o-first-1))
	}
	return dst
}

// Put appends the body. The builder is spent.
func (v *InvBuilder) Put(dst []byte) []byte {
	from := len(dst)
	for _, x := range []int{v.codes, v.blocks, len(v.ents), 0} {
		dst = le.AppendUint32(dst, uint32(x))
	}
	start := make([]uint32, v.codes+1)
	for _, e := range v.ents {
		start[e.code+1]++
	}
	for c := range v.codes {
		start[c+1] += start[c]
	}
	for _, s := range start {
		dst = le.AppendUint32(dst, s)
	}
	dst = pad8(dst, from)
	at := append([]uint32(nil), start...)
	order := make([]invEntry, len(v.ents))
	for _, e := range v.ents { // blocks ascend within a code
		order[at[e.code]] = e
		at[e.code]++
	}
	for _, e := range order {
		dst = le.AppendUint32(dst, e.off)
		dst = le.AppendUint16(dst, uint16(e.card-1))
		dst = append(dst, e.blk, e.lay)
	}
	return append(dst, v.data...)
}
