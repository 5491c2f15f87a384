/** A connector of the tests: topics are files. In a jar of its own it sees nothing else of the tests. */
@NullMarked
package dev.skein.node.rule.files;

import org.jspecify.annotations.NullMarked;
