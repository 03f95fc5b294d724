/// What commands found out, in the formats that they print.
@NullMarked
package dev.kproxy.cli.render;

import org.jspecify.annotations.NullMarked;
