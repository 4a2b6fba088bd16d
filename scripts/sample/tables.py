# SPDX-License-Identifier: Apache-2.0
"""The words that make-sample draws from. Places, programme codes and occupation codes (NOC 2021) are real; people,
firms and colleges are invented, their domains end in .example, their telephone numbers are 555-01xx."""

# code, latitude, longitude: where a municipality's centre or quarter lies, to some hundred metres.
PLACES = """
J1C 0E5 45.479 -71.951;J1E 1W9 45.409 -71.882;J1E 4K1 45.412 -71.881;J1G 1B1 45.406 -71.881;J1G 3H9 45.407 -71.852
J1G 5J2 45.417 -71.829;J1H 1N1 45.403 -71.891;J1H 5N4 45.447 -71.869;J1J 2E8 45.397 -71.927;J1J 3T4 45.420 -71.909
J1K 2R1 45.379 -71.929;J1K 3C2 45.379 -71.955;J1L 1K1 45.402 -71.952;J1L 2V8 45.401 -71.966;J1M 1Z7 45.365 -71.846
J1M 2A1 45.367 -71.848;J1N 1H2 45.357 -72.025;J1N 3G7 45.333 -72.056;J1R 0P4 45.395 -71.992;J1X 0E6 45.282 -72.101
J1X 2A9 45.266 -72.153;J1X 3W5 45.288 -72.066;J1X 5A8 45.270 -72.161;J1A 1P9 45.132 -71.819;J1A 2Y7 45.121 -71.811
J1S 0A4 45.583 -72.001;J1S 2L9 45.568 -71.998;J1T 1X6 45.772 -71.926;J1Z 1B4 45.906 -72.533;J0B 1C0 45.168 -72.049
J0B 1J0 45.471 -71.499;J0B 1L0 45.238 -71.822;J0B 1M0 45.413 -71.630;J0B 1R0 45.483 -71.664;J0B 2C0 45.276 -71.974
J0B 2H0 45.660 -72.146;J0B 2P0 45.453 -72.063;J0B 2R0 45.209 -71.667;J0B 2Y0 45.197 -71.501;J0B 3E0 45.018 -72.097
J0B 3G0 45.540 -71.802;J0B 3H0 45.270 -71.894;J0B 1W0 45.577 -71.512;J0E 1P0 45.301 -72.316;J0E 1V0 45.218 -72.516
J0E 2K0 45.104 -72.617;J0E 2L0 45.498 -72.317;J0E 2N0 45.350 -72.517;J2G 1L3 45.401 -72.731;J2H 0A8 45.405 -72.690
J2K 1S9 45.203 -72.748;J2L 1G5 45.317 -72.650;G6B 1A4 45.592 -70.905;G6B 2C3 45.580 -70.885;G0Y 1E0 45.720 -70.990
H3B 2Y5 45.501 -73.570;H2Y 1C6 45.505 -73.556;G1R 4S9 46.812 -71.214;J9X 5E4 48.239 -79.020;G7H 2B1 48.428 -71.060
"""

# What people and firms live and work in: municipality, its postal codes, how many (weight).
TOWNS = [
    ("Sherbrooke", ["J1E 1W9", "J1E 4K1", "J1G 3H9", "J1G 5J2", "J1H 1N1", "J1J 2E8", "J1J 3T4", "J1K 3C2", "J1L 1K1",
                    "J1L 2V8", "J1N 1H2", "J1R 0P4", "J1C 0E5", "J1M 2A1"], 40),
    ("Magog", ["J1X 0E6", "J1X 2A9", "J1X 3W5", "J1X 5A8"], 16),
    ("Coaticook", ["J1A 1P9", "J1A 2Y7"], 7), ("Windsor", ["J1S 0A4", "J1S 2L9"], 5),
    ("Val-des-Sources", ["J1T 1X6"], 4), ("Drummondville", ["J1Z 1B4"], 3), ("Ayer's Cliff", ["J0B 1C0"], 2),
    ("Bury", ["J0B 1J0"], 2), ("Compton", ["J0B 1L0"], 2), ("Cookshire-Eaton", ["J0B 1M0"], 3),
    ("East Angus", ["J0B 1R0"], 3), ("North Hatley", ["J0B 2C0"], 2), ("Richmond", ["J0B 2H0"], 3),
    ("Saint-Denis-de-Brompton", ["J0B 2P0"], 2), ("Stanstead", ["J0B 3E0"], 2), ("Stoke", ["J0B 3G0"], 1),
    ("Waterville", ["J0B 3H0"], 2), ("Weedon", ["J0B 1W0"], 1), ("Eastman", ["J0E 1P0"], 1),
    ("Lac-Brome", ["J0E 1V0"], 2), ("Sutton", ["J0E 2K0"], 2), ("Valcourt", ["J0E 2L0"], 3), ("Waterloo", ["J0E 2N0"], 2),
    ("Granby", ["J2G 1L3", "J2H 0A8"], 7), ("Cowansville", ["J2K 1S9"], 2), ("Bromont", ["J2L 1G5"], 3),
    ("Lac-Mégantic", ["G6B 1A4", "G6B 2C3"], 5),
]
FAR_TOWNS = [("Montréal", ["H3B 2Y5", "H2Y 1C6"]), ("Québec", ["G1R 4S9"]), ("Rouyn-Noranda", ["J9X 5E4"]),
             ("Saguenay", ["G7H 2B1"])]
# Not in PLACES, nor anything with the same three characters: there the place is unknown.
UNKNOWN_PLACES = [("Iqaluit", "X0A 0H0"), ("Kuujjuaq", "J0M 1C0"), ("Sept-Îles", "G4R 1R5")]

# code: title_fr, title_en, level, hours
PROGRAMMES = {
    "420.B0": ("Techniques de l'informatique", "Computer Science Technology", "dec", ""),
    "410.B0": ("Techniques de comptabilité et de gestion", "Accounting and Management Technology", "dec", ""),
    "351.A1": ("Techniques d'éducation spécialisée", "Special Education Techniques", "dec", ""),
    "322.A1": ("Techniques d'éducation à l'enfance", "Early Childhood Education Techniques", "dec", ""),
    "241.A0": ("Techniques de génie mécanique", "Mechanical Engineering Technology", "dec", ""),
    "243.D0": ("Technologie du génie électrique : automatisation et contrôle",
               "Electrical Engineering Technology: Automation and Control", "dec", ""),
    "152.B0": ("Gestion et technologies d'entreprise agricole", "Farm Management and Technology", "dec", ""),
    "5371": ("Usinage", "Machining", "dep", "1800"),
    "5195": ("Soudage-montage", "Welding and Fitting", "dep", "1800"),
    "5325": ("Santé, assistance et soins infirmiers", "Health, Assistance and Nursing", "dep", "1800"),
    "5231": ("Comptabilité", "Accounting", "dep", "1350"),
    "5229": ("Soutien informatique", "Computing Support", "dep", "1800"),
}

# The codes of 420.B0 are the ministry's; the others are numbered by us, since only their form matters here.
COMPETENCIES = {
    "420.B0": [("00Q1", "Effectuer l'installation et la gestion d'ordinateurs", "Install and manage computers"),
               ("00Q2", "Utiliser des langages de programmation", "Use programming languages"),
               ("00Q5", "Effectuer le déploiement d'un réseau informatique local", "Deploy a local area network"),
               ("00Q7", "Exploiter un système de gestion de base de données", "Use a database management system"),
               ("00SG", "Offrir du soutien informatique", "Provide computer support"),
               ("00SS", "Développer des applications natives avec base de données", "Develop native applications"),
               ("00SU", "Développer des applications Web transactionnelles", "Develop transactional Web applications")],
    "410.B0": [("410B-01", "Effectuer le traitement des données du cycle comptable", "Process accounting-cycle data"),
               ("410B-02", "Produire des déclarations fiscales", "Prepare tax returns"),
               ("410B-03", "Contribuer à la gestion des approvisionnements", "Help manage procurement"),
               ("410B-04", "Analyser le coût de revient", "Analyse product costs"),
               ("410B-05", "Préparer un budget", "Prepare a budget")],
    "351.A1": [("351A-01", "Observer et analyser des comportements", "Observe and analyse behaviour"),
               ("351A-02", "Intervenir en situation de crise", "Respond to crisis situations"),
               ("351A-03", "Élaborer un plan d'intervention", "Draw up an intervention plan"),
               ("351A-04", "Animer un groupe", "Lead a group"),
               ("351A-05", "Travailler en équipe interdisciplinaire", "Work in an interdisciplinary team")],
    "322.A1": [("322A-01", "Accompagner l'enfant dans son développement", "Support a child's development"),
               ("322A-02", "Assurer la santé et la sécurité", "Ensure health and safety"),
               ("322A-03", "Concevoir des activités éducatives", "Design educational activities"),
               ("322A-04", "Communiquer avec les parents", "Communicate with parents")],
    "241.A0": [("241A-01", "Produire des dessins de détail", "Produce detail drawings"),
               ("241A-02", "Programmer une machine à commande numérique", "Program a CNC machine"),
               ("241A-03", "Concevoir l'outillage", "Design tooling"),
               ("241A-04", "Contrôler la qualité", "Control quality"),
               ("241A-05", "Planifier la production", "Plan production")],
    "243.D0": [("243D-01", "Programmer un automate", "Program a PLC"),
               ("243D-02", "Dépanner un système automatisé", "Troubleshoot an automated system"),
               ("243D-03", "Installer de l'instrumentation", "Install instrumentation"),
               ("243D-04", "Intégrer un robot", "Integrate a robot")],
    "152.B0": [("152B-01", "Gérer un troupeau", "Manage a herd"), ("152B-02", "Planifier les cultures", "Plan crops"),
               ("152B-03", "Tenir la comptabilité de la ferme", "Keep farm accounts"),
               ("152B-04", "Entretenir la machinerie agricole", "Maintain farm machinery")],
    "5371": [("5371-04", "Tournage conventionnel", "Conventional turning"), ("5371-07", "Fraisage", "Milling"),
             ("5371-11", "Commande numérique", "CNC machining"), ("5371-14", "Métrologie", "Metrology"),
             ("5371-18", "Rectification", "Grinding")],
    "5195": [("5195-05", "Soudage MIG/MAG", "GMAW welding"), ("5195-08", "Soudage TIG", "GTAW welding"),
             ("5195-12", "Lecture de plans", "Blueprint reading"), ("5195-16", "Montage de structures", "Structural fitting")],
    "5325": [("5325-06", "Soins d'assistance", "Assistance care"), ("5325-11", "Premiers soins", "First aid"),
             ("5325-17", "Médication", "Medication"), ("5325-23", "Soins en gériatrie", "Geriatric care")],
    "5231": [("5231-03", "Tenue de livres", "Bookkeeping"), ("5231-08", "Paie", "Payroll"),
             ("5231-12", "Travaux de fin de période", "Period-end work"), ("5231-15", "Tableur", "Spreadsheets")],
    "5229": [("5229-04", "Installation de postes", "Workstation set-up"), ("5229-09", "Soutien aux usagers", "User support"),
             ("5229-13", "Réseaux", "Networks"), ("5229-17", "Dépannage à distance", "Remote troubleshooting")],
}

# code: [(title_fr, title_en, NOC 2021, type of work-integrated learning)]
JOBS = {
    "420.B0": [("Développement d'une application Web", "Web application development", "21234", "coop"),
               ("Programmation et tests", "Programming and testing", "21232", "internship"),
               ("Administration de réseaux", "Network administration", "22220", "coop"),
               ("Soutien aux utilisateurs", "User support", "22221", "internship"),
               ("Projet de données ouvertes", "Open data project", "21232", "industry_project"),
               ("Prototype pour un laboratoire", "Prototype for a laboratory", "21232", "applied_research")],
    "410.B0": [("Comptabilité et paie", "Accounting and payroll", "12200", "coop"),
               ("Analyse budgétaire", "Budget analysis", "12200", "internship"),
               ("Approvisionnements", "Procurement", "13100", "internship"),
               ("Diagnostic pour une petite entreprise", "Small-business review", "13100", "consulting")],
    "351.A1": [("Éducation spécialisée au primaire", "Special education, elementary school", "42203", "practicum"),
               ("Intervention en maison de jeunes", "Youth centre intervention", "42201", "field_placement"),
               ("Accompagnement de personnes autistes", "Support for autistic persons", "42203", "practicum"),
               ("Intervention en hébergement", "Residential intervention", "42201", "field_placement")],
    "322.A1": [("Éducatrice, éducateur en CPE", "Early childhood educator", "42202", "practicum"),
               ("Pouponnière", "Infant room", "42202", "practicum"),
               ("Service de garde en milieu scolaire", "School day care", "43100", "field_placement")],
    "241.A0": [("Conception et dessin", "Design and drafting", "22301", "coop"),
               ("Méthodes et production", "Methods and production", "22302", "coop"),
               ("Contrôle de la qualité", "Quality control", "22302", "internship")],
    "243.D0": [("Automatisation d'une ligne", "Automation of a line", "22310", "coop"),
               ("Instrumentation et contrôle", "Instrumentation and control", "22312", "coop"),
               ("Entretien électrique industriel", "Industrial electrical maintenance", "72201", "internship")],
    "152.B0": [("Ferme laitière", "Dairy farm", "84120", "work_experience"), ("Grandes cultures", "Field crops", "84120", "coop"),
               ("Production maraîchère biologique", "Organic market garden", "85101", "work_experience")],
    "5371": [("Usinage de pièces", "Machining of parts", "72100", "work_experience"),
             ("Opération de machines à commande numérique", "CNC machine operation", "94106", "work_experience"),
             ("Outillage", "Tooling", "72100", "apprenticeship")],
    "5195": [("Soudage en atelier", "Shop welding", "72106", "work_experience"),
             ("Montage de structures d'acier", "Structural steel assembly", "72106", "work_experience")],
    "5325": [("Soins en résidence", "Care in a residence", "33102", "practicum"),
             ("Soins à l'hôpital", "Hospital care", "32101", "practicum"),
             ("Soins à domicile", "Home care", "44101", "practicum")],
    "5231": [("Tenue de livres", "Bookkeeping", "14200", "work_experience"), ("Paie et facturation", "Payroll and billing", "13102",
                                                                            "work_experience")],
    "5229": [("Soutien informatique", "Computing support", "22221", "work_experience"),
             ("Préparation de postes de travail", "Workstation preparation", "22221", "micro_placement")],
}
# Programmes that a posting of the first kind often takes as well.
SISTERS = {"420.B0": ["5229"], "410.B0": ["5231"], "5229": ["420.B0"], "5231": ["410.B0"], "5371": ["241.A0"],
           "241.A0": ["5371"], "351.A1": ["322.A1"]}

FIRMS = {
    "420.B0": [("Logiciels Boréal-Nord inc.", 42), ("Atelier Web L'Étincelle", 8), ("Kwe Numérique coop de solidarité", 14),
               ("Tomifobia Software Ltd.", 23), ("Données Saint-François inc.", 65), ("Pixel & Filles s.e.n.c.", 3)],
    "410.B0": [("Comptables Gélinas, Œuvrard & Associés", 27), ("Massawippi Tax Services", 6),
               ("Coopérative agricole des Cantons", 140), ("Fiducie Rivière-aux-Saumons", 55), ("L'Hôtel du Quai inc.", 31)],
    "351.A1": [("Maison de jeunes Le Repère d'Ici", 9), ("École primaire des Pins-Blancs", 48),
               ("Le Pont : ressource d'hébergement", 22), ("Townshippers' Family Support", 12)],
    "322.A1": [("CPE Les Petits Huards", 28), ("Sunny Side Early Learning Centre", 17), ("CPE La Coccinelle à lunettes", 34)],
    "241.A0": [("Mécanique de précision Orford inc.", 85), ("Usinage J.-P. Dutil et fils", 19), ("Granit & Acier Stanstead", 60)],
    "243.D0": [("Automatisation Brompton", 38), ("Papiers du Haut-Saint-François", 320), ("Robotique Néo-Estrie", 11)],
    "152.B0": [("Ferme Les Trois Ruisseaux", 5), ("Hatley Valley Organics", 7), ("Laiterie du Coteau-d'Or", 46),
               ("Érablière & vergers D'Anjou-Lafrenière", 4)],
    "5371": [("Usinage Beauvoir inc.", 33), ("Pièces Mégantic", 58), ("Outillage Précis-Tech", 16),
             ("Moules et matrices Windsor", 24)],
    "5195": [("Soudure Côté-Thériault", 12), ("Structures d'acier du Lac", 110), ("Remorques Bury", 47),
             ("Ateliers maritimes Memphré (réparation et construction d'embarcations de plaisance, de quais flottants et de "
              "remorques sur mesure) inc.", 21)],
    "5325": [("Résidence Les Érables argentés", 75), ("Manoir de l'Âge d'or", 52), ("Soins à domicile Cœur-à-Cœur", 18),
             ("Wellness Townships Clinic", 15)],
    "5231": [("Garage Lheureux et frères", 8), ("Quincaillerie Bégin", 26), ("Marché Val-Estrie", 44)],
    "5229": [("Dépanne-PC Magog", 4), ("Centre de services Alfred-Minh", 95)],
}

GIVEN_FR = """Amélie Noémie Zoé Maëlle Océane Chloé Léa Jade Rosalie Élodie Florence Béatrice Anaïs Coralie Gaëlle Maude
Sarah-Ève Marie-Pier Émile Félix Loïc Mathéo Olivier Thomas Xavier Zacharie Étienne François Jérémie Raphaël Théo
Marc-Antoine Jean-Sébastien Noël Samuel Gabriel Antoine William Nathan Alexis Charles-Étienne Yoan""".split()
GIVEN_EN = """Emily Grace Hannah Olivia Megan Chelsea Abigail Paige Sophie Taylor Liam Ethan Connor Ryan Owen Jacob Dylan
Logan Aidan Kyle Heather Brooke""".split()
FAMILY_FR = """Tremblay Gagnon Roy Côté Bouchard Gauthier Morin Lavoie Fortin Gagné Ouellet Pelletier Bélanger Lévesque
Bergeron Leblanc Paquette Girard Simard Boucher Caron Beaulieu Cloutier Dubé Poirier Fournier Lapointe Leclerc Lefebvre
Poulin Thibault St-Pierre Nadeau Martineau Desrosiers Lussier Rousseau Grégoire Théberge Brûlé D'Amours L'Écuyer Vézina
Charbonneau Laflamme Dion Hébert Turcotte Gosselin Veilleux""".split()
FAMILY_EN = """Smith MacDonald O'Connor Taylor Hatch Parsons Wheeler Bennett Drummond Johnston McCrea Sutherland Cleveland
Bishop Ross Ames Colby Lothrop Standish Whitcomb""".split()
# Beyond Windows-1252, so only in the colleges that export UTF-8; the ASCII form is for their addresses.
UNICODE_PEOPLE = [("Ánh Tuyết", "Nguyễn", "anh-tuyet.nguyen"), ("Đức", "Phạm Hoàng", "duc.pham"),
                  ("ᓯᓚ", "ᓄᑕᕋᖅ", "sila.nutaraq"), ("Łukasz", "Wójcik", "lukasz.wojcik"), ("Олена", "Шевченко", "olena"),
                  ("İpek", "Yıldız", "ipek.yildiz"), ("محمد", "العلوي", "mohammed.alaoui"), ("小雨", "陈", "xiaoyu.chen"),
                  ("Nikola", "Đorđević", "nikola.dordevic"), ("Ștefan", "Țurcanu", "stefan.turcanu")]
LATIN_PEOPLE = [("Aïssatou", "N'Diaye", "aissatou.ndiaye"), ("José Ángel", "Muñoz Ibáñez", "jose.munoz"),
                ("Björn", "Çelik-Ångström", "bjorn.celik"), ("N'Guessan", "Kouamé", "nguessan.kouame"),
                ("Marie-Hélène-Jacqueline", "de la Bruère-Saint-Hilaire-Desrochers-Montmorency", "mh.delabruere"),
                ("Gonçalo", "Conceição", "goncalo.conceicao"), ("Siân", "O'Brien-Lloyd", "sian.obrien")]
CONTACTS = [("Diane Ruel", "diane.ruel"), ("Stéphane Proulx", "stephane.proulx"), ("Line Beaudoin", "line.beaudoin"),
            ("Jacques L'Heureux", "jacques.lheureux"), ("Karen Whitcomb", "karen.whitcomb"), ("Tuấn Lê", "tuan.le"),
            ("Renée Archambault", "renee.archambault"), ("Gilles Éthier", "gilles.ethier"), ("Peter Colby", "peter.colby"),
            ("Fatima Benali", "fatima.benali"), ("Sylvain Brisebois", "sylvain.brisebois"), ("Nancy Drew-Gagnon", "nancy.dg")]
STREETS = ["rue Principale", "rue du Moulin", "chemin de la Rivière", "boulevard de l'Université", "rue King Ouest",
           "rang 4", "route 112", "rue de l'Église", "chemin du Lac", "rue Wellington"]
