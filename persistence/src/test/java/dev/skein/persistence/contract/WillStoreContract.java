package dev.skein.persistence.contract;

import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.api.WillStore;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Wills: what holds for every implementation. */
public interface WillStoreContract {
    /** Open stores, the same during one test. */
    Stores stores();

    private WillStore wills() {
        return stores().wills();
    }

    private static StoredWill will(long connection, long node) {
        return new StoredWill(
                connection,
                node,
                new SessionKey(TestStores.INSTANCE, "c" + connection),
                "a/b",
                new byte[] {1},
                1,
                true);
    }

    @Test
    default void willsOfNodesThatAreGoneAreFound() {
        get(wills().put(will(1, 100)));
        get(wills().put(will(-2, 200)));
        get(wills().put(will(3, 300)));

        assertThat(get(wills().ofOtherNodes(Set.of(100L, 300L), 10)))
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.connectionId()).isEqualTo(-2);
                    assertThat(found.node()).isEqualTo(200);
                    assertThat(found.key()).isEqualTo(new SessionKey(TestStores.INSTANCE, "c-2"));
                    assertThat(found.topic()).isEqualTo("a/b");
                    assertThat(found.payload()).containsExactly(1);
                    assertThat(found.qos()).isEqualTo(1);
                    assertThat(found.retain()).isTrue();
                });
        assertThat(get(wills().ofOtherNodes(Set.of(), 10))).hasSize(3);
        assertThat(get(wills().ofOtherNodes(Set.of(), 2))).hasSize(2);
    }

    @Test
    default void removedWillIsGone() {
        wills().put(will(1, 100));
        get(wills().remove(1));
        get(wills().remove(7));

        assertThat(get(wills().ofOtherNodes(Set.of(), 10))).isEmpty();
    }

    @Test
    default void oneOfSeveralClaimsIsGranted() {
        StoredWill will = will(1, 100);
        get(wills().put(will));
        var first = wills().claim(will, 200);
        var second = wills().claim(will, 300);

        assertThat(get(first)).isTrue();
        assertThat(get(second)).isFalse();
        assertThat(get(wills().ofOtherNodes(Set.of(100L), 10)))
                .extracting(StoredWill::node)
                .containsExactly(200L);
        assertThat(get(wills().claim(will(9, 100), 200))).isFalse();
    }
}
