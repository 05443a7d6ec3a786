package storage

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// The limits of the store, all in one place. Beyond them a statement fails with
// a code of class 54; deeper layers rely on them.
const (
	// maxColumns per table. Catalog records of a segment are rewritten by every
	// commit that touches it and grow by some 60 bytes a column.
	maxColumns = 10_000
	// maxName is the length of names in bytes, Postgres's NAMEDATALEN - 1.
	maxName = 63
	// maxTables in a file.
	maxTables = 10_000
	// maxOrdinals of a table, deleted ones included: key runs keep them in 32 bits.
	maxOrdinals = int64(1) << 32
	// maxDict is the number of codes of a dictionary, NULL included: code lanes
	// are at most 16 bits wide. A column with more becomes plain.
	maxDict = 1 << 16
	// maxValue is the size of one value in bytes, Postgres's field limit.
	maxValue = 1 << 30
	// maxMeta is the size of one Meta value in bytes.
	maxMeta = 16 << 20
	// maxAside is the size of one Aside value in bytes.
	maxAside = 16 << 20

	// txBytes is what one transaction of the file carries at most, nearly: the
	// last page goes in whole. Larger transactions are slower (kv.DB.Write).
	txBytes = 24 << 20

	// tailFull: rows that are appended start a new segment when the last one has
	// as many already, so that merging a tail never costs more than this. A table
	// filled by small inserts alone has segments of this size.
	tailFull = bitmap.SegmentRows / 8
	// patchRows is the size of a change that becomes a patch; patchShare the part
	// of a segment's rows (1/n) above which an update writes base pages instead.
	patchRows  = 4096
	patchShare = 16
	// maxPatches is how many patches a segment carries before the foreground
	// folds them itself, foldPatches before compaction does.
	maxPatches  = 256
	foldPatches = 24
	// freshKeys is how many keys live outside key runs, in memory, at most.
	freshKeys = 4096
	// maxRuns is how many key runs a table has before compaction merges them.
	maxRuns = 8
	// maxLog is how many version records are kept.
	maxLog = 10_000
)

// checkDef refuses definitions beyond the limits.
func checkDef(def *types.Table) error {
	if len(def.Name) > maxName {
		return sqlerr.New(pgerrcode.NameTooLong, "table name %q is too long: %d bytes, limit %d", def.Name, len(def.Name), maxName)
	}
	if len(def.Columns) > maxColumns {
		return sqlerr.New(pgerrcode.TooManyColumns, "tables can have at most %d columns", maxColumns)
	}
	for i := range def.Columns {
		if c := &def.Columns[i]; len(c.Name) > maxName {
			return sqlerr.New(pgerrcode.NameTooLong, "column name %q is too long: %d bytes, limit %d", c.Name, len(c.Name), maxName)
		}
	}
	if def.Key >= 0 {
		switch t := def.Columns[def.Key].Type; {
		case !t.Array && (t.Kind == types.Int2 || t.Kind == types.Int4 || t.Kind == types.Int8):
		case !t.Array && (t.Kind == types.Text || t.Kind == types.Varchar || t.Kind == types.UUID):
		default:
			return sqlerr.Unsupported(-1, "a primary key must be an integer, text or uuid column")
		}
	}
	for i := range def.Uniques {
		if def.Uniques[i].Computed() {
			continue
		}
		for _, c := range def.Uniques[i].Cols {
			if t := def.Columns[c].Type; t.Kind == types.JSONB || t.Kind == types.JSON {
				return sqlerr.Unsupported(-1, "a UNIQUE constraint over a column of type %s", t)
			}
		}
	}
	return nil
}

// formOf is the form of a column that has not outgrown its dictionary.
func formOf(def *types.Table, col int) table.Form {
	t := def.Columns[col].Type
	if t.Array {
		switch t.Kind {
		case types.Text, types.Varchar, types.Int2, types.Int4, types.Int8, types.Enum:
			return table.FormSet
		}
		return table.FormPlain
	}
	if t.IsReg() {
		return table.FormInt
	}
	switch t.Kind {
	case types.Bool, types.Enum:
		return table.FormDict
	case types.BPChar:
		if t.Mod == 0 {
			return table.FormPlain // equal values may differ in their blanks
		}
		return table.FormDict
	case types.Text, types.Varchar, types.UUID, types.Inet, types.CIDR, types.MacAddr, types.MacAddr8,
		types.Int4Range, types.Int8Range, types.TSRange, types.TSTZRange, types.DateRange:
		if col == def.Key {
			return table.FormPlain // as many values as rows
		}
		return table.FormDict
	case types.Int2, types.Int4, types.Int8, types.Date, types.Timestamp, types.TimestampTZ, types.Oid, types.Time, types.TimeTZ,
		types.Xid, types.Cid, types.Tid, types.LSN, types.Xid8, types.Money:
		return table.FormInt
	case types.Numeric:
		if p, s, ok := t.Precision(); ok && p <= 18 && s >= 0 && s <= 18 {
			return table.FormInt
		}
	case types.Float4, types.Float8:
		return table.FormFloat
	}
	return table.FormPlain
}
