package dev.skein.persistence;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final String JDBC = "dev.skein.persistence.jdbc";
    /** The compiler makes them, for collections. */
    private static final Set<String> OF_RECORDS = Set.of("equals", "hashCode");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.skein.persistence");

    @Test
    void apiKnowsNoDriverAndNoSql() {
        classes()
                .that()
                .resideInAPackage("dev.skein.persistence.api..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.lang..",
                        "java.nio.file..",
                        "java.time..",
                        "java.util..",
                        "org.jspecify..",
                        "dev.skein.protocol.message..",
                        "dev.skein.persistence.api..")
                .check(CLASSES);
    }

    @Test
    void memoryAndJdbcDoNotMeet() {
        noClasses()
                .that()
                .resideInAPackage("dev.skein.persistence.memory..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.skein.persistence.jdbc..", "dev.skein.persistence.schema..", "java.sql..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.skein.persistence.jdbc..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.skein.persistence.memory..")
                .check(CLASSES);
    }

    @Test
    void schemaStandsAlone() {
        noClasses()
                .that()
                .resideInAPackage("dev.skein.persistence.schema..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.skein.persistence.jdbc..", "dev.skein.persistence.memory..", "dev.skein.persistence.api..")
                .check(CLASSES);
    }

    @Test
    void tracesNeedFilesAlone() {
        classes()
                .that()
                .resideInAPackage("dev.skein.persistence.trace")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.lang..",
                        "java.nio..",
                        "java.time..",
                        "java.util..",
                        "org.jspecify..",
                        "org.slf4j..",
                        "dev.skein.protocol.message..",
                        "dev.skein.persistence.trace..")
                .check(CLASSES);
    }

    @Test
    void moduleKnowsOnlyTheProtocolModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.skein.node..", "dev.skein.loadtest..", "org.apache.pekko..", "io.netty..")
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.skein.persistence.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void partsOfTheJdbcStoresPointOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("entry")
                .definedBy(JDBC)
                .layer("sweep")
                .definedBy(JDBC + ".sweep")
                .layer("write")
                .definedBy(JDBC + ".write")
                .layer("read")
                .definedBy(JDBC + ".read")
                .layer("sql")
                .definedBy(JDBC + ".sql")
                .whereLayer("entry")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("sweep")
                .mayOnlyBeAccessedByLayers("entry")
                .whereLayer("write")
                .mayOnlyBeAccessedByLayers("entry", "sweep")
                .whereLayer("read")
                .mayOnlyBeAccessedByLayers("entry", "sweep")
                .whereLayer("sql")
                .mayNotAccessAnyLayer()
                .check(CLASSES);
    }

    @Test
    void theEntryAloneIsForOthers() {
        noClasses()
                .that()
                .resideOutsideOfPackage(JDBC + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(JDBC + "..")
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage(JDBC)
                .and()
                .doNotHaveSimpleName("JdbcStores")
                .should()
                .notBePublic()
                .check(CLASSES);
    }

    /** Interfaces aside: what stands in one is public by itself, and a lambda leaves no trace of its type. */
    @Test
    void whatNoOtherPartUsesIsNotPublic() {
        Set<String> idle = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            if (each.getPackageName().startsWith(JDBC + ".") && each.isTopLevelClass() && !each.isInterface()) {
                if (isPublic(each.getModifiers())
                        && each.getDirectDependenciesToSelf().stream()
                                .noneMatch(use -> isElsewhere(use.getOriginClass(), each))) {
                    idle.add(each.getName());
                }
                each.getCodeUnits().stream()
                        .filter(unit -> isPublic(unit.getModifiers()))
                        .filter(unit -> !OF_RECORDS.contains(unit.getName()))
                        .filter(unit -> unit.getAccessesToSelf().stream()
                                .noneMatch(use -> isElsewhere(use.getOriginOwner(), each)))
                        .forEach(unit -> idle.add(unit.getFullName()));
            }
        }
        assertThat(idle).isEmpty();
    }

    private static boolean isPublic(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC);
    }

    private static boolean isElsewhere(JavaClass user, JavaClass used) {
        return !user.getPackageName().equals(used.getPackageName());
    }
}
