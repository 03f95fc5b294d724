/// The types of the fields of objects, and the check of values against them that the API server's
/// decoder makes before it looks at anything else.
@NullMarked
package dev.kproxy.manifest.schema;

import org.jspecify.annotations.NullMarked;
