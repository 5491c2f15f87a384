package dev.skein.node.main;

import com.typesafe.config.Config;
import dev.skein.node.config.ConfigOptions;
import dev.skein.node.config.InvalidConfigException;
import dev.skein.node.config.NodeConfig;
import dev.skein.node.config.StorageConfig;
import dev.skein.persistence.api.StoreFiles;
import dev.skein.persistence.api.StoreUnavailableException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein store}: what an operator does with the files of the embedded store. */
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        subcommands = {
            StoreCommand.Check.class,
            StoreCommand.Repair.class,
            StoreCommand.Backup.class,
            StoreCommand.Restore.class
        },
        description = {
            "Check, repair, back up and restore the embedded store.",
            "The configuration says where it is, as that of skein run: mostly --data DIR is enough."
        })
final class StoreCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** What one of the commands does with the files. */
    private interface Work {
        /** Returns the exit code. */
        int on(StoreFiles files, StorageConfig storage);
    }

    private static int run(CommandSpec spec, ConfigOptions options, Work work) {
        PrintWriter err = spec.commandLine().getErr();
        StorageConfig storage;
        try {
            Config config = options.load();
            storage = NodeConfig.from(config).storage();
        } catch (InvalidConfigException e) {
            return CheckConfigCommand.report(e, err);
        }
        Optional<StoreFiles> files = storage.files();
        if (files.isEmpty()) {
            return failed(
                    spec, "skein.storage.jdbc.url (expected: an embedded database; other ones have their own tools)");
        }
        try {
            return work.on(files.get(), storage);
        } catch (StoreUnavailableException | IllegalStateException e) {
            return failed(spec, String.valueOf(e.getMessage()));
        }
    }

    private static int failed(CommandSpec spec, String why) {
        spec.commandLine().getErr().println("skein: " + why);
        spec.commandLine().getErr().flush();
        return Main.FAILED;
    }

    private static void say(CommandSpec spec, String what) {
        spec.commandLine().getOut().println(what);
        spec.commandLine().getOut().flush();
    }

    /** {@code skein store check}. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = {
                "Reads all of a store that no node uses, changes nothing and names each damage.",
                "Exit code 0: none found, 1: some, or it cannot be read, or some was set aside before and is there"
                        + " still. Records of the journal and rows of H2 have checksums; rows that the version before"
                        + " wrote have none."
            })
    static final class Check implements Callable<Integer> {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            return run(spec, options, (files, _) -> {
                StoreFiles.Report report = files.check();
                report.damages().forEach(damage -> say(spec, damage));
                report.aside().forEach(aside -> say(spec, aside));
                say(
                        spec,
                        report.rows() + " rows and " + report.records() + " records of the journal read, "
                                + report.damages().size() + " damaged");
                return report.damages().isEmpty() && report.aside().isEmpty() ? Main.OK : Main.FAILED;
            });
        }
    }

    /** {@code skein store repair}. */
    @Command(
            name = "repair",
            mixinStandardHelpOptions = true,
            description = {
                "Sets aside what of the journal cannot be read (.damaged behind the name of its file) and damaged rows"
                        + " of H2, and keeps the rest, of a store that no node uses. Make a backup first.",
                "Exit code 0: no damage is left, 1: some is. An H2 file that does not open, or of which a part cannot"
                        + " be read, is not repaired: restore a backup."
            })
    static final class Repair implements Callable<Integer> {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            return run(spec, options, (files, _) -> {
                int damages = 0;
                for (String damage : files.repair()) {
                    say(spec, damage);
                    damages++;
                }
                StoreFiles.Report left = files.check();
                left.damages().forEach(damage -> say(spec, "not repaired: " + damage));
                left.aside().forEach(aside -> say(spec, aside));
                say(
                        spec,
                        damages + " damaged, " + left.damages().size() + " of it left, " + left.rows() + " rows kept");
                return left.damages().isEmpty() ? Main.OK : Main.FAILED;
            });
        }
    }

    /** {@code skein store backup}. */
    @Command(
            name = "backup",
            mixinStandardHelpOptions = true,
            description = {
                "Copies the store, journal and database, to a directory that is empty or not there, also while the node"
                        + " runs: then that makes the copy, as its user, on its machine.",
                "Sessions are those of the beginning, queues those of the end of the copy."
            })
    static final class Backup implements Callable<Integer> {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Parameters(paramLabel = "DIR", description = "Where the copy goes.")
        private Path target = Path.of("");

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            return run(spec, options, (files, _) -> {
                files.backup(target);
                say(spec, "backup at " + target.toAbsolutePath());
                return Main.OK;
            });
        }
    }

    /** {@code skein store restore}. */
    @Command(
            name = "restore",
            mixinStandardHelpOptions = true,
            description = "Puts a backup into a data directory that has no store and that no node uses.")
    static final class Restore implements Callable<Integer> {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Parameters(paramLabel = "DIR", description = "A backup.")
        private Path source = Path.of("");

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            return run(spec, options, (files, storage) -> {
                files.restore(source);
                say(spec, "restored to " + storage.directory().toAbsolutePath());
                return Main.OK;
            });
        }
    }
}
