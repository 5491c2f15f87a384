package dev.skein.node.main;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.skein.node.auth.PasswordHashes;
import dev.skein.node.registry.PasswordHashFormat;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code skein hash-password}: makes the {@code password-hash} of a user. The password is never an argument. */
@Command(
        name = "hash-password",
        mixinStandardHelpOptions = true,
        description = "Reads a password from the terminal, or a line of standard input, and prints its bcrypt hash.",
        footer = "With --scram it prints what SCRAM-SHA-256 needs, which a node also checks plain passwords against.")
final class HashPasswordCommand implements Callable<Integer> {
    /** bcrypt reads no further. */
    private static final int MAX_BYTES = 72;

    /** As many as CONNECT takes. */
    private static final int SCRAM_MAX_BYTES = 65_535;

    @Option(
            names = "--cost",
            description = "Work factor, 4..16; each step doubles the time (default: ${DEFAULT-VALUE}).")
    private int cost = 10;

    @Option(
            names = "--scram",
            description = "Make a hash for SCRAM-SHA-256 in PostgreSQL's form, for enhanced authentication of MQTT 5.")
    private boolean scram;

    @Option(
            names = "--iterations",
            description = "Of --scram, 4096..1000000; clients compute them (default: ${DEFAULT-VALUE}).")
    private int iterations = PasswordHashFormat.ITERATIONS_MIN;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (cost < PasswordHashFormat.COST_MIN || cost > PasswordHashFormat.COST_MAX) {
            return refuse("--cost: " + cost + " (expected: " + PasswordHashFormat.COST_MIN + ".."
                    + PasswordHashFormat.COST_MAX + ", as a node accepts)");
        }
        if (iterations < PasswordHashFormat.ITERATIONS_MIN || iterations > PasswordHashFormat.ITERATIONS_MAX) {
            return refuse("--iterations: " + iterations + " (expected: " + PasswordHashFormat.ITERATIONS_MIN + ".."
                    + PasswordHashFormat.ITERATIONS_MAX + ", as a node accepts)");
        }
        int max = scram ? SCRAM_MAX_BYTES : MAX_BYTES;
        char @Nullable [] password = read();
        if (password == null || password.length == 0) {
            return refuse("password: empty or not the same twice (expected: 1.." + max + " bytes)");
        }
        byte[] bytes = new String(password).getBytes(StandardCharsets.UTF_8);
        if (bytes.length > max) {
            return refuse("password: " + bytes.length + " bytes (expected: 1.." + max + ")");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(hash(bytes));
        out.flush();
        return Main.OK;
    }

    private String hash(byte[] password) {
        return scram
                ? PasswordHashes.scram(password, iterations, new SecureRandom())
                : new String(BCrypt.withDefaults().hash(cost, password), StandardCharsets.US_ASCII);
    }

    private int refuse(String why) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("skein: " + why);
        err.flush();
        return Main.MISUSE;
    }

    @SuppressWarnings("SystemConsoleNull") // another console provider may still give none
    private static char @Nullable [] read() throws IOException {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            char[] first = console.readPassword("Password: ");
            char[] second = console.readPassword("Again: ");
            return first != null && Arrays.equals(first, second) ? first : null;
        }
        String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return line == null ? null : line.toCharArray();
    }
}
