/// The behaviour of whole rule sets, compared.
///
/// Two rule sets are compared in three steps:
///
/// 1. [Suspects] finds, from the structure of the chains alone, sets of packets outside of which
///    both rule sets treat every packet alike: it pairs the rules of chains that differ and keeps
///    the packets of those that have no partner. It may suspect too many, never too few.
/// 2. [Exploration] parts each such set into classes of packets that get the same answers to every
///    question that either rule set may put to them ([Survey]).
/// 3. One packet of each class is traced on both sides. Where the outcomes differ, they do so for
///    the whole class, and that packet is the witness.
///
/// What is reported is so by construction confirmed by the machine that `kproxy trace packet` asks.
@NullMarked
package dev.kproxy.symbolic;

import org.jspecify.annotations.NullMarked;
