/**
 * The load tester's command line. Starting points: {@code SkeinLoad}, {@code MessageCommand}, {@code ConnectCommand}.
 */
@NullMarked
package dev.skein.loadtest;

import org.jspecify.annotations.NullMarked;
