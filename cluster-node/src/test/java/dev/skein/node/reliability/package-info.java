/**
 * Nothing acknowledged is lost: the real process, killed, short of disk, with long queues and with slow clients.
 *
 * <p>Starting points: {@link dev.skein.node.reliability.KillIT} and the {@link dev.skein.node.reliability.Judge} of
 * what it wrote down; {@link dev.skein.node.reliability.SkeinProcess} starts the process.
 */
@NullMarked
package dev.skein.node.reliability;

import org.jspecify.annotations.NullMarked;
