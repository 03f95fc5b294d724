/// Objects of Kubernetes as values: their fields with path and place, their types, and the forms
/// that names and addresses must have.
@NullMarked
package dev.kproxy.manifest.fields;

import org.jspecify.annotations.NullMarked;
