/// The rule language of ipset as values, with its text in both directions.
///
/// A set has a name, a type, options and entries; an entry has an element for each dimension of the
/// set's type. [dev.kproxy.ipset.IpsetParser] reads what `ipset save` and `ipset list` print and
/// what `ipset restore` takes, [dev.kproxy.ipset.IpsetPrinter] writes what `ipset save` prints.
/// `print(parse(x)) = x` holds for whatever ipset 7.17 saves, but for numbers of protocols that
/// have a name, and for comments with line breaks, which ipset cannot restore either.
///
/// What a packet has to do with a set is no part of this.
@NullMarked
package dev.kproxy.ipset;

import org.jspecify.annotations.NullMarked;
