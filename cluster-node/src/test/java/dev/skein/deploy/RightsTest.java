package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionNames;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What discovery and the lease may do, and that the components name what is there. */
class RightsTest {
    private static final PodSpec BASE = Pod.base().getSpec().getTemplate().getSpec();

    private static Path file(String component, String name) {
        return Manifests.HOME.resolve(Path.of("components", component, name));
    }

    private static Map<String, String> variables(String component) {
        return Pod.container(Pod.in("components/" + component)).getEnv().stream()
                .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
    }

    private static PolicyRule onlyRule(String component) {
        List<PolicyRule> rules =
                Manifests.read(Role.class, file(component, "role.yaml")).getRules();
        assertThat(rules).hasSize(1);
        return rules.getFirst();
    }

    @Test
    void accountOfTheBaseHasNoTokenAndNothingIsBoundToIt() {
        ServiceAccount account = Manifests.read(ServiceAccount.class, Manifests.BASE.resolve("serviceaccount.yaml"));

        assertThat(BASE.getServiceAccountName()).isEqualTo(account.getMetadata().getName());
        assertThat(account.getAutomountServiceAccountToken()).isFalse();
        assertThat(BASE.getAutomountServiceAccountToken()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"discovery-kubernetes-api", "lease"})
    void roleIsBoundToTheAccountOfThePodsWhichThenHaveItsToken(String component) {
        Role role = Manifests.read(Role.class, file(component, "role.yaml"));
        RoleBinding binding = Manifests.read(RoleBinding.class, file(component, "rolebinding.yaml"));
        PodSpec pod = Pod.in("components/" + component).getSpec().getTemplate().getSpec();

        assertThat(binding.getRoleRef().getKind()).isEqualTo("Role");
        assertThat(binding.getRoleRef().getName()).isEqualTo(role.getMetadata().getName());
        assertThat(binding.getSubjects()).singleElement().satisfies(subject -> {
            assertThat(subject.getKind()).isEqualTo("ServiceAccount");
            assertThat(subject.getName()).isEqualTo(BASE.getServiceAccountName());
            // Kustomize writes that of the overlay.
            assertThat(subject.getNamespace()).isNull();
        });
        assertThat(pod.getAutomountServiceAccountToken()).isTrue();
    }

    @Test
    void dnsIsAskedForThePortOfTheHeadlessService() {
        Service nodes = Manifests.read(Service.class, Manifests.BASE.resolve("service-nodes.yaml"));
        String port = nodes.getSpec().getPorts().getFirst().getName();

        assertThat(variables("discovery-dns"))
                .containsEntry(
                        "SKEIN_CLUSTER_DISCOVERY_NAME",
                        "_" + port + "._tcp." + nodes.getMetadata().getName())
                .containsEntry("SKEIN_CLUSTER_SEEDS", "[]");
    }

    @Test
    void apiIsAskedForThePodsOfTheStatefulSetAndNothingElse() {
        assertThat(onlyRule("discovery-kubernetes-api"))
                .extracting(PolicyRule::getApiGroups, PolicyRule::getResources, PolicyRule::getVerbs)
                .containsExactly(List.of(""), List.of("pods"), List.of("list"));
        String selector = variables("discovery-kubernetes-api").get("SKEIN_CLUSTER_DISCOVERY_LABEL_SELECTOR");
        assertThat(Pod.base().getSpec().getTemplate().getMetadata().getLabels().entrySet())
                .singleElement()
                .hasToString(selector);
        assertThat(ConfigFactory.defaultReferenceUnresolved().getString("skein.cluster.discovery.label-selector"))
                .isEqualTo(selector);
    }

    @Test
    void leaseIsTheResourceThatTheLibraryAsksFor() {
        CustomResourceDefinition definition =
                Manifests.read(CustomResourceDefinition.class, file("lease", "customresourcedefinition.yaml"));
        CustomResourceDefinitionNames names = definition.getSpec().getNames();
        String group = definition.getSpec().getGroup();

        assertThat(group).isEqualTo("pekko.apache.org");
        assertThat(names.getPlural()).isEqualTo("leases");
        assertThat(definition.getMetadata().getName()).isEqualTo(names.getPlural() + "." + group);
        assertThat(definition.getSpec().getVersions())
                .singleElement()
                .extracting(CustomResourceDefinitionVersion::getName)
                .isEqualTo("v1");
        assertThat(onlyRule("lease"))
                .extracting(PolicyRule::getApiGroups, PolicyRule::getResources, PolicyRule::getVerbs)
                .containsExactly(List.of(group), List.of(names.getPlural()), List.of("get", "create", "update"));
    }

    @Test
    void strategyOfTheLeaseIsOnTheClassPathWhereTheConfigurationSaysItIs() throws ReflectiveOperationException {
        Config config = ConfigFactory.parseResources("skein-pekko.conf")
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve();
        String lease = config.getString("pekko.cluster.split-brain-resolver.lease-majority.lease-implementation");

        Class<?> type = Class.forName(
                config.getString(lease + ".lease-class"), false, getClass().getClassLoader());
        assertThat(org.apache.pekko.coordination.lease.scaladsl.Lease.class).isAssignableFrom(type);
        assertThat(variables("lease")).containsEntry("SKEIN_CLUSTER_SPLIT_BRAIN", "lease-majority");
    }
}
