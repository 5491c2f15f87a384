package dev.skein.node.cli;

import picocli.CommandLine.Command;

/** {@code skein topics list|create|delete}. */
@Command(name = "topics", description = "List, create and delete registered parent topics of an instance.")
final class TopicsCommand extends NamesCommand {
    TopicsCommand() {
        super("topics", "parentTopic", "PARENT TOPIC");
    }
}
