package dev.skein.node.cluster;

import dev.skein.node.tls.NewCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Certificates of the nodes of a cluster under test, in files as an operator has them, and their rotation. */
final class ClusterCertificates {
    private static final Duration VALID = Duration.ofDays(2);

    private final SecureRandom random = new SecureRandom();
    private final Path directory;

    private ClusterCertificates(Path directory) {
        this.directory = directory;
    }

    static ClusterCertificates in(Path directory) throws IOException {
        return new ClusterCertificates(Files.createDirectories(directory));
    }

    NewCertificate newAuthority(String name) {
        return NewCertificate.authority(name, InstantSource.system().instant(), VALID, random);
    }

    /** From now on nodes that read their files trust these. */
    void trust(NewCertificate... authorities) throws IOException {
        replace(
                "ca.crt",
                Arrays.stream(authorities).map(NewCertificate::certificatePem).collect(Collectors.joining()));
    }

    /** A new certificate for {@code host}, in its files. */
    void issue(NewCertificate authority, String host) throws IOException {
        issue(authority, host, host);
    }

    /** As above, for {@code name} in the files of {@code host}. */
    void issue(NewCertificate authority, String host, String name) throws IOException {
        NewCertificate made =
                authority.issue(List.of(name), InstantSource.system().instant(), VALID, random);
        // One file after the other: a node that reads in between keeps what it has.
        replace(host + ".key", made.keyPem());
        replace(host + ".crt", made.certificatePem());
    }

    private void replace(String name, String text) throws IOException {
        Path made = Files.writeString(directory.resolve(name + ".new"), text);
        Files.move(made, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Settings of the node {@code host}. */
    List<String> settings(String host) {
        return List.of(
                "skein.cluster.tls.certificate=" + directory.resolve(host + ".crt"),
                "skein.cluster.tls.key=" + directory.resolve(host + ".key"),
                "skein.cluster.tls.ca=" + directory.resolve("ca.crt"),
                "skein.cluster.tls.reload-interval=200ms");
    }
}
