/// Addresses, protocols and places in files: the words that every other package is written in.
@NullMarked
package dev.kproxy.net;

import org.jspecify.annotations.NullMarked;
