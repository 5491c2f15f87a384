package dev.skein.node.control;

import java.time.Instant;

/**
 * A key that signs tokens of an instance; its secret is shown nowhere.
 *
 * @param number which tokens name
 * @param created since when it is there
 */
public record TokenKeyInfo(int number, Instant created) {}
