package intake

import (
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// headerNames are the column names that are understood, by field. The first
// line of each is English, with the names of Microsoft's bulk-import article
// (New-MailContact's and Set-Contact's parameters) and of the admin center;
// then follow Outlook and Google exports, Romanian, German, French, Spanish,
// Italian and Polish, as far as they differ. Case, spaces, punctuation and
// diacritics don't matter. A name behind ~ counts only if no other column
// claims the field.
const headerNames = `
email: email, e-mail, mail, email address, emailaddres, external email address, external email, smtp address, primary smtp address, contact email, work email, business email
email: e-mail 1 - value, email 1 value
email: adresa email, adresa de email, adresa e-mail, adresa de e-mail, posta electronica, adresa posta electronica
email: e-mail-adresse, email-adresse, mailadresse, externe e-mail-adresse, elektronische adresse
email: courriel, adresse courriel, adresse email, adresse e-mail, adresse mail, adresse electronique, adresse de messagerie, mel
email: correo, correo electronico, direccion de correo, direccion de correo electronico, direccion email, direccion de email
email: indirizzo email, indirizzo e-mail, indirizzo di posta elettronica, posta elettronica, indirizzo mail
email: adres email, adres e-mail, adres poczty elektronicznej, poczta elektroniczna, adres mailowy

display_name: display name, full name, complete name, contact name, name to show
display_name: ~person
display_name: nume complet, nume afisat, nume si prenume, nume prenume, prenume si nume, prenume nume, denumire contact
display_name: anzeigename, vollstandiger name, vor- und nachname, vorname nachname, nachname vorname, name vorname
display_name: nom complet, nom affiche, nom d affichage, nom et prenom, nom prenom, prenom et nom
display_name: nombre completo, nombre para mostrar, nombre y apellidos, apellidos y nombre, nombre y apellido
display_name: nome completo, nome visualizzato, nome e cognome, cognome e nome
display_name: imie i nazwisko, nazwisko i imie, nazwa wyswietlana, pelna nazwa

name: name, nume, nom, nombre, nome, nazwa, denumire

first_name: first name, given name, forename, first
first_name: prenume, prenumele
first_name: vorname, rufname
first_name: prenom
first_name: nombre de pila
first_name: nome di battesimo
first_name: imie

last_name: last name, surname, family name, last, sn
last_name: nume de familie, numele de familie
last_name: nachname, familienname, zuname
last_name: nom de famille
last_name: apellido, apellidos
last_name: cognome
last_name: nazwisko

initials: initials, initiale, initialen, initiales, iniciales, iniziali, inicjaly

company: company, company name, organization, organisation, employer, firm
company: organization name, organization 1 - name, organization 1 name
company: companie, compania, firma, societate, societatea, organizatie, angajator
company: unternehmen, gesellschaft, arbeitgeber
company: societe, entreprise, employeur
company: empresa, compania, organizacion
company: azienda, societa, ditta, organizzazione
company: przedsiebiorstwo, spolka, organizacja, nazwa firmy

title: job title, position, role
title: organization title, organization 1 - title, ~title
title: functie, functia, post, titlu, pozitie
title: position, funktion, stelle, berufsbezeichnung, titel
title: fonction, poste, titre
title: cargo, puesto, titulo
title: posizione, mansione, qualifica, ruolo, titolo
title: stanowisko, tytul

department: department, dept, division, business unit
department: organization department, organization 1 - department
department: departament, departamentul, compartiment, sectie
department: abteilung, bereich, fachbereich
department: departement, service, direction
department: departamento, seccion
department: dipartimento, reparto
department: dzial, departament, wydzial

office: office, office location, physical delivery office name, birou, buro, bureau, oficina, ufficio, biuro
manager: manager, manager name, supervisor, manager's name, superior, vorgesetzter, responsable, responsabile, przelozony, kierownik
assistant: assistant, assistant name, assistant's name, asistent, assistent, assistante, asistente, assistente, asystent

phone: phone, phone number, telephone, telephone number, work phone, business phone, office phone, phone 1 - value
phone: telefon, telefon fix, telefon serviciu, telefon birou, numar de telefon, numar telefon
phone: telefonnummer, telefon geschaftlich, rufnummer, tel, diensttelefon
phone: telephone professionnel, numero de telephone, telephone bureau
phone: telefono, telefono del trabajo, numero de telefono
phone: telefono ufficio, numero di telefono
phone: telefon sluzbowy, numer telefonu

mobile_phone: mobile, mobile phone, mobile number, cell, cell phone, cellphone
mobile_phone: mobil, telefon mobil, mobiltelefon, handy, handynummer, telephone mobile, portable, telephone portable
mobile_phone: movil, telefono movil, celular, cellulare, telefono cellulare, komorka, telefon komorkowy

home_phone: home phone, private phone, telefon acasa, telefon privat, telephone domicile, telephone personnel, telefono particular, telefono casa, telefono abitazione, telefon domowy
other_phone: other telephone, other phone, alt telefon, weiteres telefon, autre telephone, otro telefono, altro telefono, inny telefon
fax: fax, fax number, business fax, faxnummer, telefax, numero de fax, telecopie, faks
pager: pager

street_address: street address, street, address, business street, address 1 - street, strada, adresa, strasse, anschrift, adresse, rue, calle, direccion, via, indirizzo, ulica, adres
city: city, town, business city, address 1 - city, oras, localitate, localitatea, ort, stadt, ville, ciudad, poblacion, citta, miasto
state_or_province: state or province, state, province, business state, address 1 - region, judet, judetul, bundesland, region, provincia, estado, provincia o stato, wojewodztwo
postal_code: postal code, zip, zip code, zip or postal code, business postal code, address 1 - postal code, cod postal, plz, postleitzahl, code postal, codigo postal, cap, kod pocztowy
country_or_region: country or region, country, country/region, business country, business country/region, address 1 - country, tara, land, pays, pais, paese, nazione, kraj

web_page: web page, website, web site, homepage, url, website 1 - value, pagina web, webseite, site web, sitio web, sito web, strona internetowa, strona www
notes: notes, note, comments, comment, remarks, observatii, mentiuni, notite, notizen, bemerkung, bemerkungen, anmerkung, anmerkungen, remarques, commentaire, commentaires, notas, observaciones, comentarios, osservazioni, uwagi, notatki
mail_tip: mail tip, mailtip
hidden_from_address_lists: hidden, hidden from address lists, hidden from address lists enabled, hide from address list, hidden from gal, hide from gal

employee_id: employee id, employee identifier, employee number, employee no, employee nr, emp id, emp no, personnel number, personnel no, personnel id, staff id, staff number, worker id, payroll number, hr id, person id, pernr
employee_id: marca, numar marca, nr marca, numar de marca, numar angajat, id angajat, cod angajat, matricola, numar matricol
employee_id: personalnummer, personal-nr, persnr, pers-nr, mitarbeiternummer, mitarbeiter-nr, mitarbeiter-id, mitarbeiterkennung
employee_id: matricule, numero de matricule, numero d employe, id employe, identifiant salarie
employee_id: numero de empleado, id empleado, id de empleado, codigo de empleado, legajo
employee_id: numero di matricola, codice dipendente, id dipendente, numero dipendente
employee_id: numer pracownika, nr pracownika, id pracownika, numer ewidencyjny, numer kadrowy

groups: groups, group, distribution group, distribution groups, distribution list, distribution lists, mailing list, mailing lists, mail group, mail groups, lists, list, dl, dls, member of, memberof
groups: ~categories, ~labels, ~group membership
groups: grup, grupuri, grupul, grup de distributie, grupuri de distributie, lista, liste, lista de distributie, liste de distributie
groups: gruppe, gruppen, verteiler, verteilerliste, verteilerlisten, verteilergruppe, verteilergruppen, mailverteiler, mailingliste, mailinglisten
groups: groupe, groupes, groupe de distribution, groupes de distribution, listes, liste de diffusion, listes de diffusion
groups: grupo, grupos, grupo de distribucion, grupos de distribucion, listas, lista de distribucion, listas de distribucion
groups: gruppo, gruppi, gruppo di distribuzione, gruppi di distribuzione, lista di distribuzione, liste di distribuzione
groups: grupa, grupy, grupa dystrybucyjna, grupy dystrybucyjne, lista dystrybucyjna, listy dystrybucyjne, listy
`

// fieldName is the pseudo field of a column that is called just "name": it is
// a display name, a first name or a last name, depending on its neighbours.
const fieldName = "name"

// claim is what a column's name says that the column means.
type claim struct {
	field string
	weak  bool
}

// claims gives what is claimed by each normalised header name.
var claims = sync.OnceValue(func() map[string]claim {
	all := map[string]claim{}
	for _, f := range fields() {
		all[normalHeader(f.name)] = claim{field: f.name}
	}
	for n := 1; n <= 15; n++ {
		number := strconv.Itoa(n)
		for _, name := range []string{"customattribute", "extensionattribute", "attributpersonalizat"} {
			all[name+number] = claim{field: "custom_attribute_" + number}
		}
	}
	for line := range strings.Lines(headerNames) {
		name, list, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		for word := range strings.SplitSeq(list, ",") {
			word, weak := strings.CutPrefix(strings.TrimSpace(word), "~")
			if word = normalHeader(word); all[word].field == "" {
				all[word] = claim{name, weak}
			}
		}
	}
	return all
})

// claimOf gives what a column's name claims; the claim's field is empty for an
// unknown name. A name may carry a mark that a value is required, or the
// property's name in brackets, as in the templates of Entra.
func claimOf(name string) claim {
	if c, known := claims()[normalHeader(name)]; known {
		return c
	}
	if before, rest, found := strings.Cut(name, "["); found {
		property, _, _ := strings.Cut(rest, "]")
		if c, known := claims()[normalHeader(property)]; known {
			return c
		}
		return claims()[normalHeader(before)]
	}
	for _, mark := range []string{"(required)", "(optional)", "required", "optional"} {
		if before, found := strings.CutSuffix(strings.TrimSpace(strings.ToLower(name)), mark); found {
			return claims()[normalHeader(before)]
		}
	}
	return claim{}
}

// normalHeader gives a column's name as it is compared: letters and digits
// only, in lower case, without diacritics.
func normalHeader(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch r = unicode.ToLower(r); {
		case r == 'ł':
			b.WriteByte('l')
		case r == 'ß':
			b.WriteString("ss")
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
