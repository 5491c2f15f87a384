package dev.skein.loadtest;

import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The load tester's command. */
@Command(
        name = "skein-load",
        description = "Drives any MQTT 3.1.1 broker, checks what it delivers, and measures it.",
        scope = ScopeType.INHERIT,
        subcommands = {
            ConnectCommand.class,
            MessageCommand.Pair.class,
            MessageCommand.FanOut.class,
            MessageCommand.FanIn.class,
            ScenarioCommand.class,
            ScenariosCommand.class,
            WorkerCommand.class,
            SuiteCommand.class,
            CompareCommand.class,
            RelayCommand.class
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:The run passed its checks.",
            "1:It did not: connections failed or were lost, messages came out of order, were lost at QoS 1 or 2, "
                    + "or came twice at QoS 2; or the run broke off.",
            "2:Wrong usage."
        })
public final class SkeinLoad {
    static final int OK = 0;
    static final int FAILED = 1;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Print this and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    /**
     * {@code help COMMAND}, as {@code COMMAND --help}. picocli's own has an option of the name that all inherit here.
     */
    @Command(name = "help", description = "Prints the help of a command.")
    private static final class Help implements Runnable {
        @Spec
        @SuppressWarnings("NullAway.Init") // by picocli
        private CommandSpec spec;

        @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "A command; all of them when there is none.")
        private String command = "";

        @Override
        public void run() {
            CommandLine all = spec.parent().commandLine();
            CommandLine one = command.isEmpty() ? all : all.getSubcommands().get(command);
            if (one == null) {
                throw new ParameterException(
                        spec.commandLine(), "command: " + command + " (expected: one of skein-load --help)");
            }
            one.usage(all.getOut());
        }
    }

    private SkeinLoad() {}

    /** The command line, ready to execute. */
    public static CommandLine commandLine() {
        CommandLine command = new CommandLine(new SkeinLoad())
                .registerConverter(Duration.class, new DurationText())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(SkeinLoad::wrongUsage);
        command.addSubcommand(new Help());
        command.getSubcommands()
                .values()
                .forEach(each -> each.getCommandSpec().usageMessage().abbreviateSynopsis(true));
        return command;
    }

    /** One line that says what is wrong, not pages of help. */
    private static int wrongUsage(ParameterException wrong, String... arguments) {
        CommandLine command = wrong.getCommandLine();
        command.getErr().println("skein-load: " + wrong.getMessage());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        command.getErr().flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    /** Runs the command and exits with its code. */
    public static void main(String... arguments) {
        System.exit(commandLine().execute(arguments));
    }
}
