/// Rules as questions: which packets a rule can hold for, and what is asked of a packet on its way.
@NullMarked
package dev.kproxy.symbolic.rules;

import org.jspecify.annotations.NullMarked;
