package dev.skein.node.cli;

import java.util.List;

/** The client subcommands of {@code skein}: what they do, they do through the control API of a running node. */
public final class CliCommands {
    private CliCommands() {}

    /** New instances of all of them, for {@code CommandLine.addSubcommand}. */
    public static List<Object> all() {
        return List.of(
                new ClusterCommand(),
                new DrainCommand(),
                new InstancesCommand(),
                new ClientsCommand(),
                new SessionsCommand(),
                new RetainedCommand(),
                new GroupsCommand(),
                new TopicsCommand(),
                new RulesCommand(),
                new ConnectorsCommand(),
                new UsersCommand(),
                new AccessKeysCommand(),
                new TokenKeysCommand(),
                new PublishCommand(),
                new TraceCommand(),
                new AuditCommand());
    }
}
