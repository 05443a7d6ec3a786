// The lead is writing this package (16:04). Please leave it.
package wire
