/**
 * Several processes make the load of one run. Starting points: {@code Worker} answers, {@code RemotePart} asks;
 * {@code Frames} is what passes between them.
 */
@NullMarked
package dev.skein.loadtest.worker;

import org.jspecify.annotations.NullMarked;
