/**
 * The client subcommands of {@code skein}: they talk to a node through its control API.
 *
 * <p>Starting point: {@link dev.skein.node.cli.CliCommands}.
 */
@NullMarked
package dev.skein.node.cli;

import org.jspecify.annotations.NullMarked;
