/**
 * What a connector implements: a kind of back end that rules send messages to and take messages from. The JDK alone, so
 * that a connector in a class loader of its own shares nothing else with the node.
 */
@NullMarked
package dev.skein.connectors.api;

import org.jspecify.annotations.NullMarked;
