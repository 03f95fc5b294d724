/// What every command is made of: how it is described, where it talks, and how it ends.
@NullMarked
package dev.kproxy.cli.command;

import org.jspecify.annotations.NullMarked;
