package engine

import "tagd/sql/fn"

const volatileFn = fn.Volatile
