package dev.skein.node.main;

import com.typesafe.config.Config;
import dev.skein.node.config.ConfigOptions;
import dev.skein.node.config.InvalidConfigException;
import dev.skein.node.config.LogSettings;
import dev.skein.node.wiring.Failures;
import dev.skein.node.wiring.Interim;
import dev.skein.node.wiring.Logging;
import dev.skein.node.wiring.NodeStart;
import dev.skein.node.wiring.SkeinNode;
import io.netty.util.NetUtil;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code skein run}: starts a node, prints the ready line, serves until it is told to end. SIGTERM, SIGINT and a drain
 * through the control API end it with exit code 0; a node that cannot start or ends by itself gives 1, a wrong
 * configuration 2. SIGHUP makes it read certificates and log levels again.
 */
@Command(
        name = RunCommand.NAME,
        mixinStandardHelpOptions = true,
        description = "Starts a node; prints one line, 'skein ready ...', when it serves. Ends on SIGTERM or Ctrl-C.")
final class RunCommand implements Callable<Integer> {
    static final String NAME = "run";

    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(names = "--rehearse", hidden = true, description = "Serve a few packets, then end. Trains the AOT cache.")
    private boolean rehearse;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Config config;
        try {
            config = options.load();
        } catch (InvalidConfigException e) {
            return CheckConfigCommand.report(e, spec.commandLine().getErr());
        }
        try {
            Logging.begin(LogSettings.from(config.getConfig("skein.log")));
        } catch (UncheckedIOException e) {
            return CheckConfigCommand.report(
                    new InvalidConfigException(List.of(String.valueOf(e.getMessage()))),
                    spec.commandLine().getErr());
        }
        Interim interim = new Interim(true);
        Reload reload = new Reload(options::load, config);
        NodeProcess process = NodeProcess.start(() -> NodeStart.begin(reload.running(), interim));
        Hangup.act(() -> {
            if (process.isDraining()) {
                LOG.info("SIGHUP: nothing is read, the node is ending");
            } else {
                reload.read(process.serving());
            }
        });
        try {
            SkeinNode node = process.await();
            announce(node);
            if (rehearse) {
                Rehearsal.play(node);
                return process.stop();
            }
            boolean many = !node.isAlone();
            while (process.awaitEnd() && many) {
                spec.commandLine().getErr().println("skein: downed by the cluster; joining it again");
                announce(process.rejoin());
            }
            if (process.isDrained()) {
                return Main.OK;
            }
            spec.commandLine().getErr().println("skein: the node ended by itself; the log says why");
            return Main.FAILED;
        } catch (ExecutionException e) {
            return failed(e);
        } finally {
            process.release();
        }
    }

    private void announce(SkeinNode node) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(readyLine(node));
        out.flush();
        ProcessHandle.current().info().startInstant().ifPresent(start -> {
            // house: RegexpSinglelineJava: the process's own start is a wall-clock time
            Duration taken = Duration.between(start, java.time.Instant.now());
            LOG.info("serving {} ms after the process began", taken.toMillis());
        });
    }

    private static String readyLine(SkeinNode node) {
        List<ReadyLine.Address> listeners = node.listeners().stream()
                .map(bound -> address(bound.name(), bound.address()))
                .toList();
        @Nullable InetSocketAddress http = node.httpAddress();
        @Nullable InetSocketAddress health = node.healthAddress();
        List<ReadyLine.Address> ports = Stream.of(
                        http == null ? null : address("http", http), health == null ? null : address("health", health))
                .filter(Objects::nonNull)
                .toList();
        List<ReadyLine.Instance> instances = node.instances().stream()
                .map(instance -> new ReadyLine.Instance(instance.id(), instance.mode()))
                .toList();
        return ReadyLine.of(listeners, ports, instances, node.nodeId());
    }

    private static ReadyLine.Address address(String name, InetSocketAddress socket) {
        return new ReadyLine.Address(name, NetUtil.toAddressString(socket.getAddress()), socket.getPort());
    }

    private int failed(ExecutionException failure) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("skein: cannot start: " + Failures.describe(failure));
        err.flush();
        LOG.debug("start failed", Failures.unwrap(failure));
        return Main.FAILED;
    }
}
