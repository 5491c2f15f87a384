package dev.skein.loadtest;

import dev.skein.loadtest.play.Access;
import dev.skein.loadtest.worker.Worker;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code skein-load worker}. */
@Command(
        name = "worker",
        description = "Makes a part of the load of scenarios that 'skein-load scenario --workers' leads elsewhere.")
final class WorkerCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--listen",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Where the leading process connects to. Anyone who can reach it can use it.")
    private String listen = "";

    @Option(
            names = {"--source", "--source-addresses"},
            paramLabel = "ADDRESS",
            description = "Addresses of this machine to connect from, with commas between, or ranges.")
    private @Nullable String sources;

    @Option(names = "--threads", description = "Event loops (default: the number of cores).")
    private @Nullable Integer threads;

    @Override
    public Integer call() throws Exception {
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        InetSocketAddress address;
        try {
            address = address("--listen", listen);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command, String.valueOf(wrong.getMessage()), wrong);
        }
        try (Worker worker = Worker.listen(address, this::access)) {
            command.getOut().println("skein-load worker ready " + address.getHostString() + ":" + worker.port());
            command.getOut().flush();
            worker.serve();
        }
        return SkeinLoad.OK;
    }

    static InetSocketAddress address(String option, String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            InetSocketAddress address = new InetSocketAddress(text.substring(0, Math.max(0, colon)), port);
            if (colon > 0 && !address.isUnresolved()) {
                return address;
            }
        } catch (IllegalArgumentException notOne) {
            throw new IllegalArgumentException(option + ": " + text + " (expected: host:port)", notOne);
        }
        throw new IllegalArgumentException(option + ": " + text + " (expected: host:port)");
    }

    private Access access(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        if (sources != null) {
            all.addAll(List.of("--source", sources));
        }
        if (threads != null) {
            all.addAll(List.of("--threads", threads.toString()));
        }
        Holder holder = new Holder();
        try {
            new CommandLine(holder).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(all.toArray(String[]::new));
            return holder.options.access();
        } catch (ParameterException | SSLException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }

    /** Reads the options that the leading process sends. */
    @Command
    private static final class Holder {
        @Mixin
        private ScenarioOptions options = new ScenarioOptions();
    }
}
