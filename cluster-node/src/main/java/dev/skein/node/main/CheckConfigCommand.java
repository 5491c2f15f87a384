package dev.skein.node.main;

import com.typesafe.config.Config;
import dev.skein.node.config.ConfigOptions;
import dev.skein.node.config.InvalidConfigException;
import dev.skein.node.config.ShownConfig;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code skein check-config}: tells whether a node would start with this configuration. */
@Command(
        name = "check-config",
        mixinStandardHelpOptions = true,
        description = "Checks a configuration without starting; prints every problem. Exit code 0 or 2.")
final class CheckConfigCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(names = "--show", description = "Print the effective configuration, secrets masked.")
    private boolean show;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            PrintWriter err = spec.commandLine().getErr();
            Config config = options.check(warning -> err.println("skein: warning: " + warning));
            err.flush();
            out.println(show ? ShownConfig.render(config) : "configuration ok");
            out.flush();
            return Main.OK;
        } catch (InvalidConfigException e) {
            return report(e, spec.commandLine().getErr());
        }
    }

    /** Prints every problem, one a line, and gives the exit code for it. */
    static int report(InvalidConfigException wrong, PrintWriter err) {
        wrong.problems().forEach(problem -> err.println("skein: configuration: " + problem));
        err.flush();
        return Main.MISUSE;
    }
}
