package dev.skein.node.cli;

import picocli.CommandLine.Command;

/** {@code skein groups list|create|delete}. */
@Command(name = "groups", description = "List, create and delete Group IDs of an instance.")
final class GroupsCommand extends NamesCommand {
    GroupsCommand() {
        super("groups", "group", "GROUP");
    }
}
