/// From the values of documents to records, with the API server's defaults and its refusals.
@NullMarked
package dev.kproxy.manifest.read;

import org.jspecify.annotations.NullMarked;
