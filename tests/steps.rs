//! The first steps: a configuration translated, completions and manual pages as a package would install them.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

use crate::world::{DOMAIN, PASSWORD, World, finish, program, three};

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_of_zmztozmig_becomes_settings_that_plan() {
    let world = World::with(801, three()).await;
    let at = |name: &str| world.scratch.path().join(name);
    let conf = format!(
        "SourceZCSServer=127.0.0.1\nSourceAdminPort={}\nSourceAdminUser=admin@{DOMAIN}\nSourceAdminPwd={PASSWORD}\n\
         TargetZCSServer=127.0.0.1\nTargetAdminPort={}\nTargetAdminUser=admin@{DOMAIN}\nTargetAdminPwd={PASSWORD}\n\
         Threads=5\nAccounts=ann@{DOMAIN},bob@{DOMAIN}\n",
        world.source.address().port(),
        world.destination.address().port()
    );
    fs::write(at("zmztozmig.conf"), conf).unwrap();
    let import = |more: &[&str]| {
        let mut command = program();
        command
            .current_dir(world.scratch.path())
            .args(["import-config", "zmztozmig.conf", "-o", "new.toml"])
            .args(more);
        command
    };
    let (code, out, said) = finish(import(&[])).await;
    assert_eq!((code, out.as_str()), (0, ""), "{said}");
    assert!(said.contains("2 accounts") && said.contains("--workers 5") && said.contains("next: "), "{said}");
    assert_eq!(fs::metadata(at("new.toml")).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(at("new.toml")).unwrap();
    assert!(!text.contains(PASSWORD) && !said.contains(PASSWORD), "a password was copied");
    let (code, _, said) = finish(import(&[])).await;
    assert_eq!(code, 2);
    assert!(said.contains("--force"), "{said}");
    // The list alone in the way: the settings are not written either.
    fs::remove_file(at("new.toml")).unwrap();
    let (code, _, said) = finish(import(&[])).await;
    assert!(code == 2 && said.contains("new.accounts") && !at("new.toml").exists(), "{said}");
    assert_eq!(finish(import(&["--force"])).await.0, 0);

    for file in ["source.pw", "destination.pw"] {
        fs::write(at(file), PASSWORD).unwrap();
        fs::set_permissions(at(file), fs::Permissions::from_mode(0o600)).unwrap();
    }
    // From another folder than the file's.
    let mut plan = program();
    plan.current_dir("/").arg("plan").arg("--config").arg(at("new.toml")).arg("--json");
    for (side, lab) in [("source", &world.source), ("destination", &world.destination)] {
        plan.args(["--set", &format!("{side}.fingerprints=[\"{}\"]", lab.fingerprint())]);
    }
    let (code, out, said) = finish(plan).await;
    assert_eq!(code, 0, "{said}");
    assert!(out.contains("ann@") && out.contains("bob@") && !out.contains("eve@"), "{out}");
}

#[tokio::test]
async fn completions_are_sound_and_know_every_verb() {
    let folder = tempfile::tempdir().unwrap();
    for (shell, check) in [("bash", true), ("zsh", false), ("fish", false)] {
        let mut command = program();
        command.args(["completions", shell]);
        let (code, out, said) = finish(command).await;
        assert_eq!((code, said.as_str()), (0, ""));
        for verb in ["run", "bench", "import-config", "report"] {
            assert!(out.contains(verb), "{shell}: {verb}");
        }
        let path = folder.path().join(shell);
        fs::write(&path, out).unwrap();
        assert!(!check || Command::new("bash").arg("-n").arg(&path).status().unwrap().success());
    }
}

#[tokio::test]
async fn manual_pages_cover_every_verb_and_every_setting() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.arg("man").arg(folder.path());
    assert_eq!(finish(command).await.0, 0);
    let mut help = program();
    help.arg("--help");
    let (_, help, _) = finish(help).await;
    let verbs = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let verbs = verbs
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> =
        verbs.filter_map(|line| line.split_whitespace().next()).filter(|verb| *verb != "help").collect();
    assert!(names.len() > 10, "{names:?}");
    for verb in names {
        assert!(folder.path().join(format!("zmpace-{verb}.1")).is_file(), "no page for {verb}");
    }
    let page = fs::read_to_string(folder.path().join("zmpace.toml.5")).unwrap().replace("\\-", "-");
    let profile: toml::Table = zmpace::settings::DEFAULT_PROFILE.parse().unwrap();
    for (table, keys) in profile {
        for key in keys.as_table().unwrap().keys() {
            assert!(page.contains(key.as_str()), "{table}.{key}");
        }
    }
}

/// The settings file that `init` writes from these flags alone.
#[tokio::test]
async fn init_without_questions_writes_what_the_flags_say_and_never_over_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let init = |more: &[&str]| {
        let mut command = program();
        command.current_dir(folder.path()).arg("init").args(more);
        command
    };
    let (code, _, said) = finish(init(&[])).await;
    assert_eq!(code, 2);
    assert!(said.contains("no terminal") && said.contains("--no-input"), "{said}");
    let (code, _, said) = finish(init(&["--no-input", "--source-host", "a", "--source-admin", "b"])).await;
    assert_eq!(code, 2);
    assert!(said.contains("--destination-host is missing"), "{said}");
    let all = [
        "--no-input",
        "--source-host",
        "a",
        "--source-admin",
        "b",
        "--destination-host",
        "c",
        "--destination-admin",
        "d",
    ];
    let (code, _, said) = finish(init(&all)).await;
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("next: ")
            && fs::read_to_string(folder.path().join("zmpace.toml")).unwrap().contains("host = \"c\"")
    );
    let (code, _, said) = finish(init(&all)).await;
    assert_eq!(code, 2);
    assert!(said.contains("--force"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn init_asks_tries_each_answer_and_pins_what_was_agreed_to() {
    let world = World::with(802, three()).await;
    let at = |name: &str| world.scratch.path().join(name);
    for file in ["source.pw", "destination.pw"] {
        fs::write(at(file), PASSWORD).unwrap();
    }
    let side = |lab: &zmpace::lab::Lab| {
        // Host, port, administrator, password file, trust, how the machine is read.
        format!("127.0.0.1\n{}\nadmin@{DOMAIN}\n\ny\nnone\n", lab.address().port())
    };
    fs::write(at("answers"), side(&world.source) + &side(&world.destination)).unwrap();
    // `script` gives it a terminal; the answers are typed into it.
    let mut command = Command::new("script");
    command
        .current_dir(world.scratch.path())
        .env("PATH", "/usr/bin:/bin")
        .stdin(fs::File::open(at("answers")).unwrap());
    command.args(["-qec", &format!("{} init", env!("CARGO_BIN_EXE_zmpace")), "/dev/null"]);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{out}{said}");
    assert!(out.contains("ok: signed in") && out.contains("next: "), "{out}");
    let text = fs::read_to_string(at("zmpace.toml")).unwrap();
    for lab in [&world.source, &world.destination] {
        assert!(text.to_lowercase().contains(&lab.fingerprint().to_lowercase()), "{text}");
    }
    assert!(!text.contains(PASSWORD) && !out.contains(PASSWORD));
}
