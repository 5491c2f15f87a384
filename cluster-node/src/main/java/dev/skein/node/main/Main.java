package dev.skein.node.main;

import dev.skein.node.cli.CliCommands;
import dev.skein.node.config.BuildVersion;
import dev.skein.node.main.Main.Version;
import dev.skein.node.wiring.Failures;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code skein} command. Exit codes: 0 done, 1 failed, 2 wrong configuration or command line.
 *
 * <p>Starting points: {@link RunCommand} for how a node starts, {@link dev.skein.node.config.NodeConfig} for what it is
 * told.
 */
@Command(
        name = "skein",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        description = "Skein, a clustered MQTT broker.",
        footer = {"", "skein COMMAND --help tells more. First steps: skein run"})
public final class Main implements Runnable {
    /** Ended as asked. */
    static final int OK = 0;
    /** The configuration or the command line is wrong. */
    static final int MISUSE = 2;
    /** What was asked failed. */
    static final int FAILED = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals(RunCommand.NAME)) {
            Hangup.take(); // before anything that takes time: without it SIGHUP ends the process
        }
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line, ready to execute or to ask for help. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.addSubcommand(new RunCommand());
        line.addSubcommand(new CheckConfigCommand());
        line.addSubcommand(new HashPasswordCommand());
        line.addSubcommand(new StoreCommand());
        line.addSubcommand(new CommandLine.HelpCommand());
        line.addSubcommand(new VersionCommand());
        CliCommands.all().forEach(line::addSubcommand);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("skein: " + Failures.describe(failure));
            command.getErr().flush();
            return FAILED;
        });
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** {@code skein version}, as {@code skein --version}. */
    @Command(name = "version", description = "Prints the version.")
    static final class VersionCommand implements Runnable {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            CommandLine skein = spec.parent().commandLine();
            skein.printVersionHelp(skein.getOut());
        }
    }

    /** Tells the version that the jar was built as. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "skein " + BuildVersion.text() + " (Java " + Runtime.version().feature() + ")"
            };
        }
    }
}
