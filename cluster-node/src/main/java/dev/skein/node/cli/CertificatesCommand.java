package dev.skein.node.cli;

import dev.skein.node.cluster.HostNames;
import dev.skein.node.tls.NewCertificate;
import dev.skein.node.tls.PemContents;
import dev.skein.node.tls.PemPaths;
import dev.skein.node.tls.UnusableFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code skein cluster certificates}: a CA for the nodes of one cluster, and a certificate for each of them. Asks no
 * node.
 */
@Command(
        name = "certificates",
        mixinStandardHelpOptions = true,
        description = {
            "Make the certificates with which the nodes of a cluster know one another (skein.cluster.tls).",
            "DIR gets ca.crt and ca.key, unless they are there, and HOST.crt and HOST.key for each host. A node needs"
                    + " ca.crt and its own two; ca.key belongs on none of them: whoever has it can make a node."
        })
final class CertificatesCommand implements Callable<Integer> {
    private static final int DAYS_MAX = 36_500;
    private static final Duration CA_VALID = Duration.ofDays(3650);
    private static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rw-r--r--");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Directory; it is made when missing.")
    private Path out = Path.of("");

    @Option(
            names = "--days",
            defaultValue = "365",
            description = "Days for which a node's certificate is valid (default: ${DEFAULT-VALUE}).")
    private int days;

    @Parameters(
            arity = "1..*",
            paramLabel = "HOST",
            description = "What skein.cluster.host of a node is: a name or an address; *.DOMAIN for all of a domain."
                    + " Further names of the same node after commas.")
    private List<String> hosts = new ArrayList<>();

    private final SecureRandom random = new SecureRandom();

    @Override
    public Integer call() {
        if (days < 1 || days > DAYS_MAX) {
            throw misuse("--days: " + days + " (expected: 1.." + DAYS_MAX + ")");
        }
        List<List<String>> nodes = hosts.stream().map(this::names).toList();
        try {
            Files.createDirectories(out);
            NewCertificate authority = authority();
            for (List<String> names : nodes) {
                Instant now = InstantSource.system().instant();
                write(
                        names.getFirst().replace('*', '_'),
                        authority.issue(names, now, Duration.ofDays(days), random),
                        "for " + String.join(", ", names));
            }
            return ApiCommand.OK;
        } catch (FileAlreadyExistsException e) {
            return failed(e.getFile() + ": is there already (expected: no such file; move it away for a new one)");
        } catch (IOException e) {
            return failed(out + ": not written: " + e);
        } catch (UnusableFileException e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    private List<String> names(String word) {
        List<String> names = new ArrayList<>();
        for (String name : word.split(",", -1)) {
            try {
                HostNames.require("HOST", name.startsWith("*.") ? name.substring(2) : name);
            } catch (IllegalArgumentException e) {
                throw misuse(String.valueOf(e.getMessage()));
            }
            names.add(name.startsWith("[") ? name.substring(1, name.length() - 1) : name);
        }
        return names;
    }

    private NewCertificate authority() throws IOException {
        Path certificate = out.resolve("ca.crt");
        Path key = out.resolve("ca.key");
        if (Files.exists(certificate) || Files.exists(key)) {
            PemContents there = PemContents.read(new PemPaths("ca", certificate, key, "", "ca", null));
            X509Certificate own = there.chain().getFirst();
            return new NewCertificate(own, there.privateKey(own));
        }
        NewCertificate authority = NewCertificate.authority(
                "Skein cluster CA", InstantSource.system().instant(), CA_VALID, random);
        write("ca", authority, "the CA");
        return authority;
    }

    private void write(String name, NewCertificate made, String what) throws IOException {
        Path key = out.resolve(name + ".key");
        Path certificate = out.resolve(name + ".crt");
        write(key, made.keyPem(), SECRET);
        write(certificate, made.certificatePem(), OPEN);
        PrintWriter writer = spec.commandLine().getOut();
        writer.println(certificate + " and " + key + ": " + what + ", valid until "
                + made.certificate().getNotAfter().toInstant());
        writer.flush();
    }

    /** The file is never readable by others, not even for a moment; it replaces none. */
    private static void write(Path file, String text, Set<PosixFilePermission> rights) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes =
                posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(rights)} : new FileAttribute<?>[0];
        try (WritableByteChannel channel = Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            Channels.newOutputStream(channel).write(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private ParameterException misuse(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private int failed(String why) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("skein: " + why);
        err.flush();
        return ApiCommand.FAILED;
    }
}
