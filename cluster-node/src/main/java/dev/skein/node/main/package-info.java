/**
 * The process: the {@code skein} command, its ready line and its signals. Imported by nobody.
 *
 * <p>Starting points: {@link dev.skein.node.main.Main}, {@link dev.skein.node.main.RunCommand} for {@code skein run}.
 */
@NullMarked
package dev.skein.node.main;

import org.jspecify.annotations.NullMarked;
