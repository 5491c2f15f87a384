package dev.skein.connectors.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Runs in the process of a server: starts it by its main classes, then does what lines of the standard input say. It ends
 * with its input, so that no server outlives its test.
 *
 * <p>A line is {@code class argument...} with tabs between; {@code class#method} names another static method with the same
 * parameters than {@code main}. Each line of the input is answered with {@code done} or {@code failed} and the reason.
 */
public final class Launcher {
    /** Begins the lines that the other side reads: servers print, too. */
    static final String MARK = "launcher\t";

    private Launcher() {}

    /** @param arguments the lines to begin with */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out; // house: RegexpSinglelineJava: the pipe to the test
        for (String line : arguments) {
            String failure = run(line);
            if (!failure.isEmpty()) {
                out.println(MARK + "failed\t" + failure);
                Runtime.getRuntime().halt(1);
            }
        }
        out.println(MARK + "done");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String failure = run(line);
            out.println(MARK + (failure.isEmpty() ? "done" : "failed\t" + failure));
        }
        Runtime.getRuntime().halt(0);
    }

    private static String run(String line) {
        List<String> parts = Arrays.asList(line.split("\t"));
        String[] name = parts.getFirst().split("#");
        try {
            Method method = Class.forName(name[0]).getDeclaredMethod(name.length > 1 ? name[1] : "main", String[].class);
            method.setAccessible(true);
            method.invoke(null, (Object) parts.subList(1, parts.size()).toArray(new String[0]));
            return "";
        } catch (InvocationTargetException e) {
            return String.valueOf(e.getCause()).replaceAll("\\s+", " ");
        } catch (ReflectiveOperationException e) {
            return e.toString();
        }
    }
}
