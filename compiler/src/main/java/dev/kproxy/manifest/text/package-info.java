/// YAML and JSON as kubectl reads them: text in, values with their places out.
@NullMarked
package dev.kproxy.manifest.text;

import org.jspecify.annotations.NullMarked;
