// Package libm is the functions of C's math.h as the machine's C library has
// them: PostgreSQL calls the same ones, and Go's own differ in the last digit
// now and then. Built without a C compiler it is Go's package math.
package libm
