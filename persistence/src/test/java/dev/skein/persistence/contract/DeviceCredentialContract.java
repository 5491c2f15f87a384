package dev.skein.persistence.contract;

import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.DeviceCredential;
import dev.skein.persistence.api.DeviceCredentialStore;
import dev.skein.persistence.api.Stores;
import org.junit.jupiter.api.Test;

/** Credentials of devices: what holds for every implementation. */
public interface DeviceCredentialContract {
    /** Open stores, the same during one test. */
    Stores stores();

    private static DeviceCredential credential(String clientId, String keyId, long now) {
        return new DeviceCredential(
                TestStores.INSTANCE, clientId, keyId, "secret of " + keyId, "account:acme", now, now);
    }

    @Test
    default void aCredentialIsFoundByItsKeyAndItsClient() {
        DeviceCredentialStore devices = stores().devices();
        DeviceCredential one = credential("GID_a@@@1", "DC.1", 5);
        assertThat(get(devices.ofKey(TestStores.INSTANCE, "DC.1"))).isEmpty();
        assertThat(get(devices.put(one))).isEqualTo(one);
        assertThat(get(devices.ofKey(TestStores.INSTANCE, "DC.1"))).contains(one);
        assertThat(get(devices.ofClient(TestStores.INSTANCE, "GID_a@@@1"))).contains(one);
        assertThat(get(devices.ofKey("other", "DC.1"))).isEmpty();
        assertThat(get(devices.ofClient("other", "GID_a@@@1"))).isEmpty();
        assertThat(one.toString()).doesNotContain("secret");
    }

    @Test
    default void aNewOneTakesThePlaceOfTheOneOfItsClient() {
        DeviceCredentialStore devices = stores().devices();
        get(devices.put(credential("GID_a@@@1", "DC.1", 5)));
        DeviceCredential kept = get(devices.put(credential("GID_a@@@1", "DC.2", 9)));
        assertThat(kept.createdAt()).isEqualTo(5);
        assertThat(kept.updatedAt()).isEqualTo(9);
        assertThat(get(devices.ofKey(TestStores.INSTANCE, "DC.1"))).isEmpty();
        assertThat(get(devices.ofKey(TestStores.INSTANCE, "DC.2"))).contains(kept);
    }

    @Test
    default void whatIsRemovedIsGone() {
        DeviceCredentialStore devices = stores().devices();
        get(devices.put(credential("GID_a@@@1", "DC.1", 5)));
        assertThat(get(devices.remove(TestStores.INSTANCE, "GID_a@@@1"))).isTrue();
        assertThat(get(devices.remove(TestStores.INSTANCE, "GID_a@@@1"))).isFalse();
        assertThat(get(devices.ofKey(TestStores.INSTANCE, "DC.1"))).isEmpty();
    }

    @Test
    default void thoseOfAGroupComeInPages() {
        DeviceCredentialStore devices = stores().devices();
        String far = "GID_a@@@" + "x".repeat(200);
        for (String clientId : new String[] {"GID_a@@@2", "GID_a@@@1", far, "GID_ab@@@1", "GID_b@@@1", "GID_@@@1"}) {
            get(devices.put(credential(clientId, "DC." + clientId.hashCode(), 5)));
        }
        assertThat(get(devices.clientIds(TestStores.INSTANCE, "GID_a@@@", "", 2)))
                .containsExactly("GID_a@@@1", "GID_a@@@2");
        assertThat(get(devices.clientIds(TestStores.INSTANCE, "GID_a@@@", "GID_a@@@2", 2)))
                .containsExactly(far);
        assertThat(get(devices.clientIds(TestStores.INSTANCE, "GID_a@@@", far, 2)))
                .isEmpty();
        assertThat(get(devices.count(TestStores.INSTANCE, "GID_a@@@"))).isEqualTo(3);
        assertThat(get(devices.count(TestStores.INSTANCE, ""))).isEqualTo(6);
        assertThat(get(devices.count("other", ""))).isZero();
    }

    @Test
    default void oneIsReplacedWhileItIsThereAlone() {
        DeviceCredentialStore devices = stores().devices();
        DeviceCredential first = credential("GID_a@@@7", "DC.7", 5);
        assertThat(get(devices.replace(first))).isEmpty();
        get(devices.put(first));
        assertThat(get(devices.replace(credential("GID_a@@@7", "DC.8", 6)))).isEmpty();
        DeviceCredential newer = credential("GID_a@@@7", "DC.7", 9);
        assertThat(get(devices.replace(newer))).isPresent();
        assertThat(get(devices.ofClient(TestStores.INSTANCE, "GID_a@@@7")))
                .hasValueSatisfying(kept -> assertThat(kept.updatedAt()).isEqualTo(newer.updatedAt()));
        get(devices.remove(TestStores.INSTANCE, "GID_a@@@7"));
        assertThat(get(devices.replace(newer))).isEmpty();
        assertThat(get(devices.ofClient(TestStores.INSTANCE, "GID_a@@@7"))).isEmpty();
    }
}
