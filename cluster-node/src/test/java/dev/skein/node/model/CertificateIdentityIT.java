package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.skein.node.tls.TestCertificates;
import java.nio.file.Path;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a listener takes the identity from the client's certificate, that is what everything else sees. */
class CertificateIdentityIT {
    private static final TestCertificates CA = TestCertificates.ca("CN=Skein test CA");
    private static final TestCertificates ALICE = CA.issue("CN=alice", 11);
    private static final TestCertificates BOB = CA.issue("CN=bob,O=Example", 12);
    private static final TestCertificates NAMELESS = CA.issue("O=Example", 13);
    private static final int REFUSED = 0x80;

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws Exception {
        CA.issue("CN=server", 10).write(directory, "server");
        CA.write(directory, "ca");
    }

    private ModelNode node(String instance, String listener) {
        String hash = BCrypt.withDefaults().hashToString(4, "secret".toCharArray());
        return ModelNode.start(directory, """
                skein.tls { certificate = "%1$s/server.crt", key = "%1$s/server.key", client-auth = required,
                  client-ca = "%1$s/ca.crt" }
                skein.listeners.mqtts { enabled = true, port = 0, identity = subject-cn, %3$s }
                skein.instances.default { users = [{ name = alice, password-hash = "%4$s" }], %2$s }
                """.formatted(directory, instance, listener, hash));
    }

    private static Device with(ModelNode node, TestCertificates own, String clientId) throws Exception {
        return new Device(node.address("mqtts"), clientId).by(CA.client(own));
    }

    private static int code(Device device) {
        try (device) {
            return device.tryConnect().code();
        }
    }

    @Test
    void permissionsNameTheCertificate() throws Exception {
        String rules = """
                default-permission = deny, permissions = [
                  { effect = allow, users = ["certificate:alice"], topics = ["of/alice/#", "name/%u/#"] }
                  { effect = allow, users = [alice], topics = ["of/user/#"] }
                  { effect = allow, users = ["certificate:bob"], topics = ["name/%u/#"] }
                ]
                """;
        try (ModelNode node = node(rules, "");
                Device alice = with(node, ALICE, "a").connect();
                Device bob = with(node, BOB, "b").connect();
                Device user = new Device(node.address("mqtt"), "u")
                        .login("alice", "secret")
                        .connect()) {
            assertThat(alice.subscribe("of/alice/1", 1)).isEqualTo(1);
            assertThat(alice.subscribe("name/alice/1", 1)).isEqualTo(1);
            assertThat(alice.subscribe("of/user/1", 1)).isEqualTo(REFUSED);
            assertThat(bob.subscribe("name/bob/1", 1)).isEqualTo(1);
            assertThat(bob.subscribe("name/alice/1", 1)).isEqualTo(REFUSED);
            assertThat(user.subscribe("of/user/1", 1)).isEqualTo(1);
            assertThat(user.subscribe("of/alice/1", 1)).isEqualTo(REFUSED);
            assertThat(node.client("default", "a").json().path("username").asText())
                    .isEqualTo("alice");
        }
    }

    @Test
    void credentialsAreNotLookedAtAndACertificateWithoutANameIsRefused() throws Exception {
        try (ModelNode node = node("", "")) {
            assertThat(code(with(node, BOB, "b").login("alice", "wrong"))).isZero();
            assertThat(code(with(node, BOB, "b").login("Signature|x|y", "wrong")))
                    .isZero();
            assertThat(code(with(node, NAMELESS, "n"))).isEqualTo(5);
            assertThat(code(with(node, NAMELESS, "n").login("alice", "secret"))).isEqualTo(5);
            assertThat(code(new Device(node.address("mqtt"), "b").login("bob", "")))
                    .as("no user")
                    .isEqualTo(4);
        }
    }

    @Test
    void clientIdsHoldForCertificates() throws Exception {
        try (ModelNode node = node("", "identity-client-ids = [\"%u\", \"%u-*\"]")) {
            assertThat(code(with(node, ALICE, "alice"))).isZero();
            assertThat(code(with(node, ALICE, "alice-7"))).isZero();
            assertThat(code(with(node, ALICE, "bob"))).isEqualTo(2);
            assertThat(code(with(node, BOB, "bob"))).isZero();
        }
    }

    @Test
    @SuppressWarnings("try") // devices that stay away
    void aSessionBelongsToTheCertificateAndNotToTheUserOfTheSameName() throws Exception {
        try (ModelNode node = node("", "")) {
            try (Device alice = with(node, ALICE, "shared").persistent().connect()) {
                alice.subscribe("t", 1);
                alice.disconnect();
            }
            assertThat(code(with(node, BOB, "shared").persistent())).isEqualTo(5);
            assertThat(code(new Device(node.address("mqtt"), "shared")
                            .login("alice", "secret")
                            .persistent()))
                    .isEqualTo(5);
            try (Device again = with(node, CA.issue("CN=alice", 99), "shared").persistent()) {
                assertThat(again.tryConnect().present())
                        .as("a new certificate of the same name")
                        .isTrue();
            }
            assertThat(node.api("GET", "/instances/default/sessions", "")
                            .json()
                            .path("sessions")
                            .get(0)
                            .path("owner")
                            .asText())
                    .isEqualTo("certificate:alice");
        }
    }

    @Test
    void namesOfDnsCanBeTheIdentity() throws Exception {
        TestCertificates meter = CA.issue("CN=x", 20, new GeneralName(GeneralName.dNSName, "meter.example.com"));
        try (ModelNode node = node("", "identity = san-dns, identity-client-ids = [\"%u\"]")) {
            assertThat(code(with(node, meter, "meter.example.com"))).isZero();
            assertThat(code(with(node, meter, "x"))).isEqualTo(2);
        }
    }
}
